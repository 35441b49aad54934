//! Dates as the three wires spell them, from epoch milliseconds.

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];
const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];

struct Civil {
    year: i64,
    month: usize,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
    weekday: &'static str,
}

impl Civil {
    /// Proleptic Gregorian date of an instant, by counting years of 365.2425 days from March.
    fn at(epoch_ms: i64) -> Self {
        let seconds = epoch_ms.div_euclid(1000);
        let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
        let shifted = days + 719_468;
        let era = shifted.div_euclid(146_097);
        let of_era = shifted.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * of_year + 2) / 153;
        let month = if from_march < 10 {
            from_march + 3
        } else {
            from_march - 9
        };
        Self {
            year: year_of_era + era * 400 + i64::from(month <= 2),
            month: usize::try_from(month).unwrap_or(1),
            day: of_year - (153 * from_march + 2) / 5 + 1,
            hour: rest / 3600,
            minute: rest / 60 % 60,
            second: rest % 60,
            weekday: DAYS[usize::try_from(days.rem_euclid(7)).unwrap_or(0)],
        }
    }
}

/// `2026-11-21T08:15:00`, UTC without a zone, as GravityZone writes it.
pub(crate) fn date_time(epoch_ms: i64) -> String {
    let Civil {
        year,
        month,
        day,
        hour,
        minute,
        second,
        ..
    } = Civil::at(epoch_ms);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
}

/// `2026-11-21T08:15:00Z`, as Datto Networking writes it.
pub(crate) fn rfc3339(epoch_ms: i64) -> String {
    date_time(epoch_ms) + "Z"
}

/// `Sat, 21 Nov 2026 08:15:00 GMT`, for the `Date` header.
pub(crate) fn http_date(epoch_ms: i64) -> String {
    let Civil {
        year,
        month,
        day,
        hour,
        minute,
        second,
        weekday,
    } = Civil::at(epoch_ms);
    let month = MONTHS[month - 1];
    format!("{weekday}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT")
}

/// Days from 1970 to a date of the proleptic Gregorian calendar, if there is such a date.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        2 => 28 + i64::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=length).contains(&day) {
        return None;
    }
    let shifted = if month > 2 { year } else { year - 1 };
    let era = shifted.div_euclid(400);
    let of_era = shifted.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

/// The numbers in `text` where `form` has groups of `0`; everything else must be the same.
fn numbers<const N: usize>(text: &str, form: &str) -> Option<[i64; N]> {
    let is_alike = text.len() == form.len()
        && text
            .bytes()
            .zip(form.bytes())
            .all(|(byte, wanted)| match wanted {
                b'0' => byte.is_ascii_digit(),
                _ => byte == wanted,
            });
    let mut groups = text
        .split(|letter: char| !letter.is_ascii_digit())
        .filter_map(|group| group.parse().ok());
    is_alike.then(|| std::array::from_fn(|_| groups.next().unwrap_or(0)))
}

/// Whether `text` is a date as `yyyy-MM-dd`.
pub(crate) fn is_date(text: &str) -> bool {
    numbers(text, "0000-00-00").is_some_and(|[year, month, day]| days(year, month, day).is_some())
}

/// The instant of `yyyy-MM-ddTHH:mm:ssZ`, in epoch milliseconds.
pub(crate) fn instant(text: &str) -> Option<i64> {
    let [year, month, day, hour, minute, second] = numbers(text, "0000-00-00T00:00:00Z")?;
    let is_time = hour < 24 && minute < 60 && second < 60;
    let days = days(year, month, day).filter(|_| is_time)?;
    Some((days * 86_400 + hour * 3_600 + minute * 60 + second) * 1_000)
}

#[cfg(test)]
mod tests {
    use super::{date_time, http_date, instant, is_date, rfc3339};

    #[test]
    fn what_is_written_reads_back_and_nothing_else_does() {
        for epoch_ms in [
            0,
            951_782_400_000,
            1_735_689_600_000,
            784_111_777_000,
            -1_000,
        ] {
            assert_eq!(instant(&rfc3339(epoch_ms)), Some(epoch_ms));
        }
        for text in [
            "2025-01-01T00:00:00.5Z",
            "2025-01-01T00:00:00",
            "2025-02-29T00:00:00Z",
            "2025-01-01T24:00:00Z",
            "2025-01-01 00:00:00Z",
            "",
        ] {
            assert_eq!(instant(text), None, "{text}");
        }
        assert!(is_date("2024-02-29") && !is_date("2023-02-29") && !is_date("29/02/2024"));
    }

    #[test]
    fn dates_are_right_over_leap_days_and_centuries() {
        assert_eq!(date_time(0), "1970-01-01T00:00:00");
        assert_eq!(date_time(951_782_400_000), "2000-02-29T00:00:00");
        assert_eq!(rfc3339(1_735_689_600_000), "2025-01-01T00:00:00Z");
        assert_eq!(http_date(784_111_777_000), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(date_time(-1000), "1969-12-31T23:59:59");
    }
}
