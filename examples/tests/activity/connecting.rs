//! F060, F063, F066 to F069: the connection.

use simulator::{World, WorldSpec};

use super::private::write_private;
use super::support::Bench;

#[test]
fn f066_the_own_organisation_is_added_first_when_it_is_absent() {
    for (file, before) in [
        ("a.csv", Some("\u{feff}name,id,city\nAcme,c1,Lyon\n")),
        (
            "a.json",
            Some(r#"[{"id":"c1","name":"Acme","city":"Lyon"}]"#),
        ),
        ("b.json", None),
    ] {
        let bench = Bench::new();
        if let Some(before) = before {
            bench.write(file, before);
        }
        let run = bench.run(&["connect", "--organizations", file]);
        assert_eq!(run.code, 2, "{run:?}");
        assert!(
            run.stderr.contains("no organisation is the MSP's own"),
            "{run:?}"
        );
        let own = ["--own-id", "msp", "--own-name", "Example, MSP"];
        bench.ok(&[&["connect", "--organizations", file], own.as_slice()].concat());
        let text = bench.text(file);
        // Whatever else the host keeps there stays.
        assert_eq!(text.contains("Lyon"), before.is_some(), "{text}");
        let document = bench.json(&["map"], 0);
        let rows = document["organizations"].as_array().expect("a list");
        let own: Vec<_> = rows.iter().filter(|row| row["own"] == true).collect();
        assert_eq!((own.len(), &own[0]["name"]), (1, &"Example, MSP".into()));
        assert_eq!(rows.len(), 1 + usize::from(before.is_some()));
    }
}

#[test]
fn f066_nothing_else_in_the_hosts_file_changes_when_the_own_organisation_is_added() {
    for (file, before, after) in [
        (
            "a.csv",
            "\u{feff}id,name,own,rank\r\nc1,\"Acme\",,007\r\n,,,\r\nc2,Best,False,1.50",
            "\u{feff}id,name,own,rank\r\nc1,\"Acme\",,007\r\n,,,\r\nc2,Best,False,1.50\r\nmsp,\"Example, MSP\",true,\r\n",
        ),
        (
            "b.CSV",
            "name,id\n\"Acme\nGroup\",c1\n\nBest,c2\n",
            "name,id,own\n\"Acme\nGroup\",c1,\n\nBest,c2,\n\"Example, MSP\",msp,true\n",
        ),
        (
            "c.json",
            "[\n\t{\"name\": \"Acme\", \"id\": \"c1\", \"rank\": 1.50, \"big\": 12345678901234567890123}\n]",
            "[\n\t{\"name\": \"Acme\", \"id\": \"c1\", \"rank\": 1.50, \"big\": 12345678901234567890123},\n\t\
             {\"id\":\"msp\",\"name\":\"Example, MSP\",\"own\":true}\n]",
        ),
        (
            "d.json",
            "[ ]\n",
            "[{\"id\":\"msp\",\"name\":\"Example, MSP\",\"own\":true} ]\n",
        ),
    ] {
        let bench = Bench::new();
        std::fs::create_dir(bench.path("host")).expect("made");
        let real = format!("host/{file}");
        bench.write(&real, before);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::Permissions::from_mode(0o644);
            std::fs::set_permissions(bench.path(&real), mode).expect("set");
            std::os::unix::fs::symlink(bench.path(&real), bench.path(file)).expect("linked");
        }
        #[cfg(not(unix))]
        let file = real.as_str();
        let own = ["--own-id", "msp", "--own-name", "Example, MSP"];
        bench.ok(&[&["connect", "--organizations", file], own.as_slice()].concat());
        assert_eq!(bench.text(&real), after);
        let left = std::fs::read_dir(bench.path("host")).expect("a folder");
        assert_eq!(left.count(), 1, "nothing lies beside {file}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let found = std::fs::metadata(bench.path(&real)).expect("there");
            assert_eq!(found.permissions().mode() & 0o777, 0o644, "{file}");
            assert!(bench.path(file).is_symlink(), "{file}");
        }
        bench.ok(&["connect", "--organizations", file]);
        assert_eq!(bench.text(&real), after);
    }
}

#[test]
fn a_connection_that_is_refused_leaves_the_hosts_file_as_it_was() {
    let bench = Bench::new();
    bench.connect();
    let text = "id,name,own\nc1,Acme,\n";
    bench.write("other.csv", text);
    let own = ["--own-id", "another", "--own-name", "Another MSP"];
    let run = bench.run(&[&["connect", "--organizations", "other.csv"], own.as_slice()].concat());
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("and this would be"), "{run:?}");
    assert_eq!(bench.text("other.csv"), text);
}

#[test]
fn a_file_of_organisations_that_is_gone_or_another_is_no_empty_one() {
    let bench = Bench::new();
    bench.map();
    for text in [None, Some("device,serial\n")] {
        match text {
            None => std::fs::remove_file(bench.path("organizations.csv")).expect("removed"),
            Some(text) => bench.write("organizations.csv", text),
        }
        for arguments in [
            ["map"].as_slice(),
            &["suggest"],
            &["assign", "c0", &bench.sites()[0]],
        ] {
            let run = bench.run(arguments);
            assert_eq!(run.code, 2, "{run:?}");
            assert!(run.stderr.contains("cannot be used"), "{run:?}");
        }
    }
}

#[test]
fn own_is_marked_as_spreadsheets_do() {
    for (own, rest) in [("True", "FALSE"), ("YES", "No"), ("1", "0")] {
        let bench = Bench::new();
        bench.write(
            "Host.CSV",
            &format!("id,name,own\nmsp,MSP,{own}\n,,\nc1,Acme,{rest}\n"),
        );
        bench.ok(&["connect", "--organizations", "Host.CSV"]);
        let document = bench.json(&["map"], 0);
        assert_eq!(document["organizations"][0]["own"], false);
        assert_eq!(document["organizations"][1]["own"], true);
    }
}

#[test]
fn f067_the_connection_can_be_edited_and_the_mapping_stays() {
    let bench = Bench::new();
    bench.map();
    let mapped = bench.json(&["map"], 0);
    let mut text = bench.text("organizations.csv");
    text += "c9,New Customer,\n";
    bench.write("moved.csv", &text);
    let run = bench.ok(&["connect", "--organizations", "moved.csv"]);
    assert!(run.stdout.contains("The connection stays"), "{run:?}");
    let again = bench.json(&["map"], 0);
    assert_eq!(again["unmapped"], mapped["unmapped"]);
    let sites = bench.sites();
    bench.ok(&["assign", "New Customer", &sites[4]]);
    bench.ok(&["assign", "New Customer", &sites[0]]);
    let moved = bench.json(&["map"], 0);
    let rows = moved["organizations"].as_array().expect("a list");
    let count = |id: &str| {
        let row = rows.iter().find(|row| row["id"] == id).expect("there");
        row["sites"].as_array().expect("a list").len()
    };
    assert_eq!((count("c9"), count("c0")), (2, 0));
    bench.ok(&["unassign", &sites[0], &sites[4]]);
    let run = bench.run(&["unassign", &sites[0]]);
    assert_eq!(run.code, 2, "{run:?}");
}

#[test]
fn f068_a_second_integration_of_one_account_is_refused_unless_it_is_meant() {
    let bench = Bench::new();
    bench.connect();
    let second = [
        "connect",
        "--organizations",
        "organizations.csv",
        "--store",
        "second.store",
    ];
    let run = bench.run(&second);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("is connected already, by"), "{run:?}");
    assert!(!bench.path("second.store").exists());
    let mut of_another_ending = second;
    of_another_ending[4] = "second.db";
    let run = bench.run(&of_another_ending);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("activity.store"), "{run:?}");
    bench.ok(&[second.as_slice(), &["--second-integration"]].concat());
}

#[test]
fn f069_another_account_of_the_same_partner_is_welcome_in_a_store_of_its_own() {
    let (first, other) = (Bench::new(), Bench::of(World::generate(&WorldSpec::new(5))));
    first.connect();
    let with_other = |arguments: &[&str]| {
        let mut command = first.command(arguments);
        command.envs([
            ("DATTO_RMM_URL", other.simulator.rmm_url()),
            ("DATTO_RMM_KEY", other.simulator.rmm_key()),
            ("DATTO_RMM_SECRET", other.simulator.rmm_secret()),
        ]);
        first.finish(command)
    };
    let second = [
        "connect",
        "--organizations",
        "organizations.csv",
        "--store",
        "second.store",
    ];
    assert_eq!(with_other(&second).code, 0);
    // And never mixed up with the first.
    for arguments in [
        ["connect", "--organizations", "organizations.csv"].as_slice(),
        &["map"],
        &["follow", "--once", "--json"],
    ] {
        let run = with_other(arguments);
        assert_eq!(run.code, 2, "{run:?}");
    }
}

#[test]
fn f060_f063_the_three_values_come_from_a_private_file_and_are_stored_nowhere() {
    let bench = Bench::new();
    let simulator = &bench.simulator;
    let values = [
        simulator.rmm_url(),
        simulator.rmm_key(),
        simulator.rmm_secret(),
    ];
    let [url, key, secret] = &values;
    // Some editors put a mark before a text.
    let text =
        format!("\u{feff}DATTO_RMM_URL={url}\nDATTO_RMM_KEY={key}\nDATTO_RMM_SECRET={secret}\n");
    write_private(&bench.path("credentials"), &text);
    let with_file = |arguments: &[&str]| {
        let all = [arguments, &["--credentials", "credentials"]].concat();
        bench.finish(super::program::bare("activity_watch", &all, bench.folder()))
    };
    assert_eq!(
        with_file(&["connect", "--organizations", "organizations.csv"]).code,
        0
    );
    assert_eq!(with_file(&["suggest", "--accept"]).code, 0);
    assert_eq!(
        with_file(&["follow", "--once", "--to", "activity.jsonl"]).code,
        0
    );
    std::fs::remove_file(bench.path("credentials")).expect("removed");
    for entry in std::fs::read_dir(bench.folder()).expect("a folder") {
        let path = entry.expect("an entry").path();
        let bytes = std::fs::read(&path).expect("read");
        for value in [key, secret] {
            let is_in = bytes
                .windows(value.len())
                .any(|part| part == value.as_bytes());
            assert!(!is_in, "{} holds a secret", path.display());
        }
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        bench.write("credentials", &text);
        let open = std::fs::Permissions::from_mode(0o644);
        std::fs::set_permissions(bench.path("credentials"), open).expect("set");
        let run = with_file(&["preflight"]);
        assert_eq!(run.code, 2, "{run:?}");
        assert!(
            run.stderr.contains("others can get at the secrets"),
            "{run:?}"
        );
    }
}

#[test]
fn organisations_that_cannot_be_used_are_refused_with_the_reason() {
    let bench = Bench::new();
    for (file, text, why) in [
        (
            "x.csv",
            "id,name\nc1,Acme\nc1,Other\n",
            "the id \"c1\" is there twice",
        ),
        ("x.csv", "id,name\nc1,\n", "lacks its id or name"),
        ("x.csv", "number,name\n1,Acme\n", "names no column \"id\""),
        ("x.csv", "id,title\n", "names no column \"name\""),
        ("x.csv", "", "names no column \"id\""),
        (
            "x.csv",
            "id,name,own\na,A,true\nb,B,true\n",
            "more than one organisation is the MSP's own",
        ),
        ("x.csv", "id,name,own\na,A,perhaps\n", "perhaps"),
        ("x.json", "{\"id\":1}", "invalid type"),
        ("x.txt", "", "neither in .csv nor in .json"),
    ] {
        bench.write(file, text);
        let own = ["--own-id", "msp", "--own-name", "MSP"];
        let run = bench.run(&[&["connect", "--organizations", file], own.as_slice()].concat());
        assert_eq!(run.code, 2, "{text}: {run:?}");
        assert!(run.stderr.contains(why), "{text}: {run:?}");
        assert_eq!(bench.text(file), text);
    }
}
