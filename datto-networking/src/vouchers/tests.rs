use client_core::{Decoded, ErrorKind};
use serde_json::json;

use super::{
    DELETE, NewVoucher, Voucher, VoucherStatus, VoucherType, act, create, get, list, told, update,
};

const ONE: &str = r#"{"code":"canary-1","duration":24,"max_users":"2","up_limit":0.056,"down_limit":"5","comment":"room 7",
    "purge_days":30,"type":2,"created":"2025-02-11T08:14:55Z","users":["AA:BB:CC:00:11:22"],"tx_ids":[],"cancelled":0,
    "remaining":3,"status":"active","later":1}"#;

fn vouchers(body: &str) -> Vec<Voucher> {
    let rows = list(1.into()).decode(body.as_bytes()).unwrap();
    rows.into_strict().unwrap()
}

#[test]
fn every_field_is_read() {
    let voucher = &vouchers(&format!(r#"{{"vouchers":[{ONE}]}}"#))[0];
    assert_eq!(voucher.any_code().unwrap().expose(), "canary-1");
    assert_eq!(
        (
            voucher.duration,
            voucher.max_users,
            voucher.purge_days,
            voucher.remaining
        ),
        (Some(24), Some(2), Some(30), Some(3))
    );
    assert_eq!(
        (voucher.up_limit, voucher.down_limit),
        (Some(0.056), Some(5.0))
    );
    assert_eq!(voucher.comment.as_deref(), Some("room 7"));
    assert_eq!(voucher.kind, Some(VoucherType::new(2)));
    assert_eq!(voucher.created.unwrap().as_second(), 1_739_261_695);
    assert_eq!(voucher.users.as_ref().unwrap().len(), 1);
    assert_eq!(
        (voucher.tx_ids.as_deref(), voucher.cancelled),
        (Some(&[][..]), Some(false))
    );
    assert_eq!(voucher.status, Some(VoucherStatus::Active));
    assert_eq!(voucher.extra.get("later"), Some(&json!(1)));
    assert!(!format!("{voucher:?}").contains("canary"));
    let same = get(1.into(), "canary-1").decode(ONE.as_bytes()).unwrap();
    assert_eq!(same, *voucher);
}

#[test]
fn other_forms_are_read_too() {
    for body in [
        r#"{"vouchers":{"canary-1":{"duration":1,"users":{}}}}"#,
        r#"{"vouchers":[{"canary-1":{"duration":1,"users":{"0":"AA"}}}]}"#,
        r#"{"vouchers":["canary-1"]}"#,
        r#"{"vouchers":[{"voucher_code":"canary-1"}]}"#,
    ] {
        let vouchers = vouchers(body);
        assert_eq!(
            vouchers[0].any_code().unwrap().expose(),
            "canary-1",
            "{body}"
        );
    }
    let vouchers =
        vouchers(r#"{"vouchers":[{"code":123,"status":"sleeping","created":"","comment":null}]}"#);
    assert_eq!(vouchers[0].any_code().unwrap().expose(), "123");
    assert_eq!(vouchers[0].status.as_ref().unwrap().as_str(), "sleeping");
    assert_eq!(
        (vouchers[0].created, vouchers[0].comment.as_ref()),
        (None, None)
    );
}

#[test]
fn what_is_no_voucher_is_told_apart() {
    let rows = list(1.into())
        .decode(br#"{"vouchers":[{"later":1},null,[1]]}"#)
        .unwrap();
    let bad = rows
        .into_iter()
        .filter(|row| matches!(row, Decoded::Bad(_)));
    assert_eq!(bad.count(), 3);
    for body in [
        "{}",
        r#"{"vouchers":null}"#,
        r#"{"code":1009,"message":"Success."}"#,
    ] {
        assert!(list(1.into()).decode(body.as_bytes()).is_err(), "{body}");
    }
    assert!(get(1.into(), "a").decode(br#"{"vouchers":[]}"#).is_err());
}

/// An answer to a write that lists nothing readable is a success all the same.
#[test]
fn the_answer_to_a_write_may_be_anything() {
    for (body, count) in [
        (
            &br#"{"vouchers":[{"voucher_code":"a"},{"voucher_code":"b"}]}"#[..],
            2,
        ),
        (br#"["a"]"#, 1),
        (br#"{"vouchers":["a",null]}"#, 1),
        (br#"{"code":1009,"message":"Success."}"#, 0),
        (b"{}", 0),
        (b"", 0),
        (b"<html>", 0),
        (b"7", 0),
    ] {
        assert_eq!(told(body).len(), count, "{}", String::from_utf8_lossy(body));
    }
}

#[test]
fn values_out_of_range_are_refused() {
    let fine = || {
        NewVoucher::new(8760, 9, 0.056, 100.0, 999)
            .code("a b~")
            .comment("é".repeat(64))
    };
    assert!(create(1.into(), &[fine()]).check().is_ok());
    assert!(update(1.into(), &[fine()]).check().is_ok());
    for (voucher, about) in [
        (NewVoucher::new(0, 1, 1.0, 1.0, 1), "8760 hours"),
        (NewVoucher::new(8761, 1, 1.0, 1.0, 1), "8760 hours"),
        (NewVoucher::new(1, 10, 1.0, 1.0, 1), "9 users"),
        (NewVoucher::new(1, 1, 0.05, 1.0, 1), "Mbit/s"),
        (NewVoucher::new(1, 1, 1.0, 100.1, 1), "Mbit/s"),
        (NewVoucher::new(1, 1, f64::NAN, 1.0, 1), "Mbit/s"),
        (NewVoucher::new(1, 1, 1.0, 1.0, 0), "999 days"),
        (NewVoucher::new(1, 1, 1.0, 1.0, 1000), "999 days"),
        (fine().comment("x".repeat(65)), "64 characters"),
        (fine().code(""), "16 printable"),
        (fine().code("12345678901234567"), "16 printable"),
        (fine().code("canaryé"), "16 printable"),
        (fine().code("canary\n"), "16 printable"),
    ] {
        // One bad voucher among good ones is enough.
        let vouchers = [fine(), voucher];
        let error = create(1.into(), &vouchers).check().unwrap_err();
        let told = error.to_string();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(told.contains(about), "{told}");
        assert!(!format!("{told} {vouchers:?}").contains("canary"), "{told}");
    }
    let long = update(1.into(), &[fine().comment("x".repeat(65))]).check();
    assert!(long.unwrap_err().to_string().contains("64 characters"));
    assert!(create(1.into(), &[]).check().is_err() && update(1.into(), &[]).check().is_err());
    for codes in [&[][..], &["a", ""], &["12345678901234567"]] {
        assert!(act(&DELETE, 1.into(), codes).check().is_err());
    }
    assert!(get(1.into(), "").check().is_err());
}

/// An update without a comment would empty it.
#[test]
fn an_update_says_all_of_a_voucher() {
    let voucher = NewVoucher::new(24, 1, 1.0, 2.0, 30);
    for (voucher, about) in [
        (voucher.clone().comment("a"), "needs its code"),
        (voucher.clone().code("a"), "needs its comment"),
    ] {
        let error = update(1.into(), std::slice::from_ref(&voucher))
            .check()
            .unwrap_err();
        assert!(error.to_string().contains(about), "{error}");
        assert!(create(1.into(), &[voucher]).check().is_ok());
    }
    let read = &vouchers(&format!(r#"{{"vouchers":[{ONE}]}}"#))[0];
    let like = NewVoucher::like(read, 48).unwrap();
    assert_eq!(
        update(1.into(), &[like]).request().json(),
        Some(
            json!({"vouchers": [{"code": "canary-1", "duration": 48, "max_users": 2, "up_limit": 0.056, "down_limit": 5.0,
            "comment": "room 7", "purge_days": 30}]})
        )
    );
    let bare: Voucher = serde_json::from_value(json!({"code": "a", "duration": 1})).unwrap();
    assert_eq!(NewVoucher::like(&bare, 1), None);
}
