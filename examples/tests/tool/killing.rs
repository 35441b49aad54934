//! U01, U14: killed at random moments, 200 times over one store, there is exactly one of each.

use std::time::Duration;

use simulator::World;

use super::support::{Bench, VARIABLE};

const KILLS: u64 = 200;
/// A new site is decided after so many kills, so that there is always something under way.
const PER_SITE: u64 = 8;

/// The same moments in every run: a linear congruential generator (Knuth's constants).
struct Moments(u64);

impl Moments {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}

#[test]
fn u01_u14_killed_200_times_over_one_store_there_is_exactly_one_of_each() {
    let bench = Bench::new(World::new(14));
    let mut moments = Moments(2026);
    let mut names = Vec::new();
    let mut killed = 0;
    for kill in 0..KILLS {
        if kill % PER_SITE == 0 {
            let name = format!("Customer {:02}", kill / PER_SITE);
            bench
                .simulator
                .with_world_mut(|world| world.add_site(&name));
            bench.ok(&["associate", &name, "--new", &name]);
            names.push(name);
        }
        let command = if kill % 2 == 0 { "sync" } else { "apply" };
        let mut child = bench.spawn(&[command, "--yes"]);
        // Most runs take longer than this, so that most are killed half way.
        std::thread::sleep(Duration::from_millis(moments.next(160)));
        child.kill().expect("it was started");
        let status = child.wait().expect("it ends");
        killed += usize::from(!status.success());
    }
    assert!(
        killed > 100,
        "only {killed} runs were killed before their end"
    );
    bench.ok(&["apply", "--yes"]);
    for name in &names {
        let companies = bench.simulator.companies_in_tree();
        let companies: Vec<_> = companies
            .iter()
            .filter(|company| company.name == *name)
            .collect();
        assert_eq!(companies.len(), 1, "{name}");
        let packages = bench
            .simulator
            .packages_of(&companies[0].id)
            .expect("there");
        assert_eq!(packages.len(), 1, "{name}");
        let site = bench.simulator.site_uid(name).expect("there");
        let variables = bench.simulator.variables_of(&site).expect("there");
        let links: Vec<_> = variables
            .iter()
            .filter(|variable| variable.name == VARIABLE)
            .collect();
        assert_eq!(links.len(), 1, "{name}");
        let link = bench
            .simulator
            .windows_link(&packages[0].id)
            .expect("there");
        assert_eq!(links[0].value, link, "{name}");
    }
    bench.simulator.reset_counts();
    let run = bench.ok(&["plan"]);
    assert!(run.stdout.contains("Nothing to do"), "{run:?}");
    assert_eq!(bench.simulator.writes(), 0);
}
