//! Runs the three simulated vendors until Ctrl-C.

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use msp_simulator::{Settings, Simulator, World, WorldSpec};

/// Stateful stand-ins for Datto RMM, GravityZone and Datto Networking on 127.0.0.1.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Decides everything in the generated world
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Managed sites of the generated world; 200 with 100 devices each are an estate of 20,000
    #[arg(long, default_value_t = 10)]
    sites: usize,
    /// Devices of each site
    #[arg(long, default_value_t = 10)]
    devices: usize,
    /// The world of the stories in place of a generated one
    #[arg(long, conflicts_with_all = ["seed", "sites", "devices"])]
    demo: bool,
    /// Milliseconds that every answer is held back
    #[arg(long, default_value_t = 0)]
    latency_ms: u64,
    /// Rate limits off
    #[arg(long)]
    unlimited: bool,
    /// Port of the RMM; 0 takes any free one, here and below
    #[arg(long, default_value_t = 0)]
    port_rmm: u16,
    /// Port of GravityZone
    #[arg(long, default_value_t = 0)]
    port_gravityzone: u16,
    /// Port of Datto Networking
    #[arg(long, default_value_t = 0)]
    port_networking: u16,
    /// Control port: JSON over HTTP, as the front page of the crate's documentation tells
    #[arg(long, default_value_t = 0)]
    port_control: u16,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut settings = if arguments.unlimited {
        Settings::unlimited()
    } else {
        Settings::default()
    };
    settings.ports.rmm = arguments.port_rmm;
    settings.ports.gravityzone = arguments.port_gravityzone;
    settings.ports.networking = arguments.port_networking;
    settings.ports.control = Some(arguments.port_control);
    settings.latency = Duration::from_millis(arguments.latency_ms);
    let world = if arguments.demo {
        World::demo()
    } else {
        let spec = WorldSpec::new(arguments.seed)
            .sites(arguments.sites)
            .devices_per_site(arguments.devices);
        World::generate(&spec)
    };
    let simulator = match Simulator::start(world, settings).await {
        Ok(simulator) => simulator,
        Err(error) => {
            eprintln!("cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    println!("Datto RMM         {}", simulator.rmm_url());
    println!("  key             {}", simulator.rmm_key());
    println!("  secret          {}", simulator.rmm_secret());
    println!("GravityZone       {}", simulator.gravityzone_url());
    println!("  key             {}", simulator.gravityzone_key());
    println!("Datto Networking  {}", simulator.networking_url());
    println!("  key             {}", simulator.networking_key());
    println!("  secret          {}", simulator.networking_secret());
    println!(
        "Control           {}",
        simulator.control_url().unwrap_or_default()
    );
    println!("All credentials are fakes. Ctrl-C stops.");
    if let Err(error) = tokio::signal::ctrl_c().await {
        eprintln!("cannot wait for Ctrl-C: {error}");
        return ExitCode::FAILURE;
    }
    simulator.shutdown();
    ExitCode::SUCCESS
}
