//! The host's files: whatever is wrong is named by row, column and value, and nothing is skipped in silence.

use super::support::{Bench, CONFIGURATIONS};

#[test]
fn what_is_wrong_with_a_file_is_named_and_no_vendor_is_asked() {
    let bench = Bench::fresh();
    let heading = "id,organization_id,name,mac_address,ip_address\n";
    for (name, text, parts) in [
        (
            "organizations.csv",
            "id\n1\n".to_owned(),
            &["row 1, name", "missing"][..],
        ),
        (
            "organizations.csv",
            "id,name\n1,A\n1,B\n".to_owned(),
            &["row 3, id \"1\"", "row 2 has this id"],
        ),
        (
            "organizations.csv",
            "id,name\n,A\n1, \n".to_owned(),
            &["row 2, id", "blank", "row 3, name"],
        ),
        (
            "configurations.csv",
            "id,name,mac_address,ip_address\n".to_owned(),
            &["row 1, organization_id"],
        ),
        (
            "configurations.csv",
            format!("{heading}c1,9,A,,\n"),
            &["row 2, organization_id \"9\"", "no organisation"],
        ),
        (
            "configurations.csv",
            format!("{heading}c1,1,A,,\nc1,2,B,,\n"),
            &["row 3, id \"c1\"", "row 2 has this id"],
        ),
        (
            "configurations.csv",
            format!("{heading}c1,1,A,,,x\n"),
            &["row 2, number 6 \"x\"", "no column"],
        ),
        (
            "configurations.csv",
            format!("{heading}c1,1,\"A,,\n"),
            &["quotation mark"],
        ),
    ] {
        let kept = bench.read(name);
        bench.write(name, &text);
        let mut parts = parts.to_vec();
        parts.push(name);
        bench.refuses(&["sync"], 2, &parts);
        bench.write(name, &kept);
    }
    bench.refuses(
        &["sync", "--organizations", "missing.csv"],
        2,
        &["missing.csv", "cannot be read"],
    );
    assert_eq!(bench.simulator.requests().len(), 0);
}

#[test]
fn a_wrong_address_is_told_and_nothing_is_created_where_it_may_belong() {
    let bench = Bench::fresh();
    bench.write(
        "configurations.csv",
        &format!("{CONFIGURATIONS}c8,2,Oven,ac:86:74:7f:00,10.0.1.11\nc9,1,Gate,,10.0.0.300\n"),
    );
    let run = bench.run(&[
        "sync",
        "--accept",
        "name",
        "--creations",
        "new.csv",
        "--routers",
        super::support::ROUTERS,
    ]);
    assert_eq!(run.code, 4, "{run:?}");
    for part in [
        "row 7, mac_address \"ac:86:74:7f:00\"",
        "10 hexadecimal digits",
        "row 8, ip_address \"10.0.0.300\"",
    ] {
        assert!(run.stderr.contains(part), "{part:?} is not in {run:?}");
    }
    let oven = bench.device("ap-oven");
    assert_eq!(oven["state"], "held", "{oven:#}");
    assert!(
        oven["why"].as_str().expect("text").contains("row 7"),
        "{oven:#}"
    );
    assert_eq!(bench.read("new.csv").lines().count(), 1);
}

#[test]
fn files_are_csv_or_json_with_commas_or_semicolons_and_several_addresses_in_a_cell() {
    let bench = Bench::fresh();
    bench.write(
        "organizations.json",
        r#"[{"id": 1, "name": "Harbour Clinic"}, {"id": 2, "name": "Bluebird Bakery"}]"#,
    );
    bench.write(
        "configurations.txt",
        "id;organization_id;name;mac_address;ip_address\nc1;1;Hall;\"00:00:00:00:00:00;ac86747f0001\";\"10.0.0.11; 10.31.0.2\"\n",
    );
    let files = [
        "--organizations",
        "organizations.json",
        "--configurations",
        "configurations.txt",
    ];
    let mut sync = vec!["sync", "--accept", "name", "--changes", "changes.csv"];
    sync.extend(files);
    let run = bench.run(&sync);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains("1 matched"), "{run:?}");
    assert!(
        !bench.read("changes.csv").contains("mac_address"),
        "{}",
        bench.read("changes.csv")
    );
    bench.write("organizations.json", "{}");
    let mut sync = vec!["sync"];
    sync.extend(files);
    bench.refuses(&sync, 2, &["organizations.json", "array of objects"]);
}

#[test]
fn a_decisions_file_is_refused_with_row_column_and_value() {
    let bench = Bench::fresh();
    bench.write(
        "decisions.csv",
        "action,subject,object\nsell,Harbour Clinic,\nignore,,\n",
    );
    bench.refuses(
        &["sync", "--decisions", "decisions.csv"],
        2,
        &[
            "row 2, action \"sell\"",
            "accept, map, new",
            "row 3, subject",
        ],
    );
    assert_eq!(bench.json(&["status"], 1)["state"], "failed");
}

#[test]
fn what_is_written_is_run_by_no_spreadsheet_and_no_half_file_is_left() {
    let bench = Bench::fresh();
    bench.simulator.with_world_mut(|world| {
        let id = world
            .network_named("Bluebird Bakery")
            .expect("a network")
            .id;
        let network = world.network_mut(id).expect("a network");
        "=cmd|'/c calc'!A1".clone_into(&mut network.nodes[0].name);
    });
    bench.run(&["sync", "--accept", "name", "--creations", "new.csv"]);
    let text = bench.read("new.csv");
    assert!(text.contains(",'=cmd|"), "{text}");
    assert!(
        !bench.files().iter().any(|name| name.contains(".part")),
        "{:?}",
        bench.files()
    );
    bench.refuses(
        &["sync", "--creations", "no/such/folder.csv"],
        2,
        &["cannot be written"],
    );
}
