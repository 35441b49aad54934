//! The companion story: an MSP's Datto RMM sites and GravityZone companies brought into line, told from end to end.
//!
//! Without accounts: it starts simulators of both vendors and a fresh store, and shows preflight, import, suggestions,
//! decisions, the plan, its confirmation and application, a second run that has nothing to do, and all five kinds of
//! drift with their answers. It ends with an error if anything is not as the story says.
//!
//! With arguments it is a tool that works on real accounts: see `--help` and the module `tool`.

mod stage;
mod story;
mod tool;

use std::process::ExitCode;

use examples::expect::Expectations;
use examples::present::heading;
use stage::Stage;

#[tokio::main]
async fn main() -> ExitCode {
    if std::env::args_os().len() > 1 {
        return tool::main().await;
    }
    let mut expectations = Expectations::default();
    match tell(&mut expectations).await {
        Ok(()) => expectations.verdict(),
        Err(error) => {
            eprintln!("\nthe story ended early: {error}");
            let mut source = error.source();
            while let Some(cause) = source {
                eprintln!("  because {cause}");
                source = cause.source();
            }
            ExitCode::FAILURE
        }
    }
}

async fn tell(expect: &mut Expectations) -> Result<(), Box<dyn std::error::Error>> {
    let mut stage = Stage::set().await?;
    heading("1. Preflight");
    story::preflight(&stage, expect).await?;
    heading("2. Import: Managed sites only");
    story::import(&mut stage, expect).await?;
    heading("3. Suggestions");
    let suggested = story::suggestions(&stage, expect)?;
    heading("4. Decisions");
    story::decisions(&mut stage, suggested, expect).await?;
    heading("5. The plan");
    let plan = story::plan(&mut stage, expect)?;
    heading("6. Confirm and apply");
    story::apply(&mut stage, plan, expect).await?;
    heading("7. The second run");
    story::second_run(&mut stage, expect).await?;
    heading("8. Drift: Destination creation");
    story::drift::destination_creation(&mut stage, expect).await?;
    heading("9. Drift: Destination moved");
    story::drift::destination_moved(&mut stage, expect).await?;
    heading("10. Drift: Destination deleted");
    story::drift::destination_deleted(&mut stage, expect).await?;
    heading("11. Drift: Association missing");
    story::drift::association_missing(&mut stage, expect).await?;
    heading("12. Drift: Source deleted");
    story::drift::source_deleted(&mut stage, expect).await?;
    heading("13. What cannot be seen is not deleted");
    story::drift::narrowed_rights(&mut stage, expect).await?;
    heading("14. The final state");
    story::finale(&mut stage, expect).await
}
