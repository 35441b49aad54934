//! The report for a browser.

use super::support::{Bench, ROUTERS};

#[test]
fn the_report_tells_what_became_of_everything_and_fetches_nothing() {
    let bench = Bench::fresh();
    bench.simulator.with_world_mut(|world| {
        world.add_network("Lab bench");
    });
    bench.ok(&["decide", "ignore", "Lab bench"]);
    bench.run(&[
        "sync",
        "--accept",
        "name",
        "--routers",
        ROUTERS,
        "--report",
        "report.html",
    ]);
    let page = bench.read("report.html");
    for part in [
        "Harbour Clinic",
        "same name",
        "same MAC address and IP address",
        "same name (ap-yard), which a person should confirm",
        "gate",
        "Lab bench",
        "ignored",
        "DNA router: not supported",
        "Together",
        "LTE status: standby",
    ] {
        assert!(page.contains(part), "{part:?} is not in the page");
    }
    for foreign in ["<script", "http://", "https://", "src=", "@import", "url("] {
        assert!(!page.contains(foreign), "{foreign:?} is in the page");
    }
    assert!(page.contains("default-src 'none'"));
}

#[test]
fn whatever_people_name_things_the_page_shows_it_as_text() {
    let bench = Bench::fresh();
    let evil = "<script>alert(1)</script>\"'&\u{202e}";
    bench.write(
        "organizations.csv",
        "id,name\n\"1\"\"><b>\",Harbour Clinic\n2,Bluebird Bakery\n",
    );
    bench.write(
        "configurations.csv",
        "id,organization_id,name,mac_address,ip_address\nc1,2,\"<img src=x onerror=alert(2)>\",ac:86:74:7f:00:07,\n\
         \"c2<\",2,<i>spare</i>,,\n",
    );
    bench.simulator.with_world_mut(|world| {
        let network = &mut world.networks[1];
        evil.clone_into(&mut network.nodes[0].name);
        evil.clone_into(&mut network.nodes[0].description);
        let id = world.add_network("<u>net</u>");
        world
            .add_node(id, "x", super::support::mac(9), "10.9.9.9")
            .expect("a network");
    });
    bench.run(&["sync", "--accept", "name", "--report", "report.html"]);
    let page = bench.read("report.html");
    for tag in ["<script", "<img", "<b>", "<i>", "<u>", "\u{202e}"] {
        assert!(!page.contains(tag), "{tag:?} is in the page");
    }
    for shown in [
        "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;&lt;U+202E&gt;",
        "&lt;img src=x",
        "&lt;u&gt;net",
        "id=\"organization-1&quot;&gt;&lt;b&gt;\"",
    ] {
        assert!(page.contains(shown), "{shown:?} is not in the page");
    }
    // Nor does a terminal obey it.
    let run = bench.run(&["devices"]);
    assert!(!run.stdout.contains('\u{202e}'), "{run:?}");
}
