//! F064 and F065: devices of both products by their Entra device id.

use serde_json::{Value, json};

use super::support::Bench;

const UDF: u16 = 12;

fn set_udf(bench: &Bench, device: &str, value: &str) {
    let value = value.to_owned();
    bench.simulator.with_world_mut(|world| {
        let device = world.device_mut(device).expect("a device");
        device.udfs.insert(UDF, value);
    });
}

#[test]
fn f064_f065_the_entra_id_is_a_shared_key_that_is_set_up_apart_from_the_connection() {
    let bench = Bench::new();
    let devices = bench.managed()[0].devices.clone();
    let [first, second, third] = devices.as_slice() else {
        panic!("three devices")
    };
    set_udf(&bench, &first.uid, "{AAAA1111-0000-4000-8000-00000000000A}");
    set_udf(&bench, &second.uid, "bbbb1111-0000-4000-8000-00000000000b");
    let host = format!(
        "organization,id,name,entra_device_id\nc0,h1,renamed,aaaa1111-0000-4000-8000-00000000000a\n\
         c0,h2,{},cccc1111-0000-4000-8000-00000000000c\nc0,h3,{},\nc1,h4,other,bbbb1111-0000-4000-8000-00000000000b\n",
        first.hostname, third.hostname
    );
    bench.write("devices.csv", &host);
    bench.connect();
    let index = bench.managed()[0].name.clone();
    bench.ok(&["assign", "c0", &index]);
    // Following needs none of it.
    bench.ok(&["follow", "--once", "--json"]);

    let verdict = |lines: &Value, uid: &str| -> (Value, Value) {
        let lines = lines.as_array().expect("a list");
        let line = lines
            .iter()
            .find(|line| line["rmm_id"] == uid)
            .expect("a line");
        (line["verdict"].clone(), line["host_id"].clone())
    };
    let udf = UDF.to_string();
    let with = bench.json(
        &["correlate", "--devices", "devices.csv", "--entra-udf", &udf],
        0,
    );
    // Under another name, and not the one that has its name now.
    assert_eq!(verdict(&with, &first.uid), (json!("same"), json!("h1")));
    // The same id in another customer's organisation is no key.
    assert_eq!(verdict(&with, &second.uid), (json!("none"), Value::Null));
    assert_eq!(verdict(&with, &third.uid), (json!("perhaps"), json!("h3")));
    let elsewhere = bench.managed()[1].devices[0].uid.clone();
    assert_eq!(verdict(&with, &elsewhere).0, "unmapped");

    let without = bench.json(&["correlate", "--devices", "devices.csv"], 0);
    assert_eq!(
        verdict(&without, &first.uid),
        (json!("perhaps"), json!("h2"))
    );
}

#[test]
fn f064_only_what_can_be_an_entra_id_is_a_key() {
    let bench = Bench::new();
    let devices = bench.managed()[0].devices.clone();
    bench.connect();
    bench.ok(&["assign", "c0", &bench.managed()[0].name]);
    for (value, verdict) in [
        ("n/a", "none"),
        ("00000000-0000-0000-0000-000000000000", "none"),
        ("aaaa1111-0000-4000-8000-00000000000", "none"),
        ("aaaa1111-0000-4000-8000-00000000000g", "none"),
        ("aaaa11110000-4000-8000-0000-0000000a", "none"),
        (" {AAAA1111-0000-4000-8000-00000000000A} ", "same"),
    ] {
        set_udf(&bench, &devices[0].uid, value);
        let host = format!("organization,id,name,entra_device_id\nc0,h1,renamed,{value}\n");
        bench.write("devices.csv", &host);
        let udf = UDF.to_string();
        let lines = bench.json(
            &["correlate", "--devices", "devices.csv", "--entra-udf", &udf],
            0,
        );
        let lines = lines.as_array().expect("a list");
        let line = lines
            .iter()
            .find(|line| line["rmm_id"] == json!(devices[0].uid));
        assert_eq!(line.expect("a line")["verdict"], verdict, "{value}");
    }
}
