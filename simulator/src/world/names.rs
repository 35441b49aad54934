//! Names that look like those of an MSP's customers.

const FIRST: [&str; 24] = [
    "Harbour",
    "Northgate",
    "Bluebird",
    "Orchard",
    "Ridgeway",
    "Vantage",
    "Copper",
    "Meadow",
    "Silver",
    "Granite",
    "Willow",
    "Beacon",
    "Falcon",
    "Amber",
    "Cedar",
    "Summit",
    "Maple",
    "Quarry",
    "Juniper",
    "Foxglove",
    "Lakeside",
    "Kingfisher",
    "Stonebridge",
    "Elmwood",
];
const SECOND: [&str; 20] = [
    "Clinic",
    "Logistics",
    "Bakery",
    "Primary School",
    "Motors",
    "Legal",
    "Dental",
    "Foods",
    "Printing",
    "Interiors",
    "Optics",
    "Engineering",
    "Travel",
    "Accountants",
    "Veterinary",
    "Joinery",
    "Media",
    "Pharmacy",
    "Catering",
    "Architects",
];
/// Endings that a company register adds and people drop.
pub(super) const LEGAL: [&str; 6] = ["Ltd", "Limited", "B.V.", "GmbH", "LLC", "Inc."];

/// The organisation of that number; every number has its own name.
pub(super) fn organisation(number: usize) -> String {
    let (round, place) = (
        number / (FIRST.len() * SECOND.len()),
        number % (FIRST.len() * SECOND.len()),
    );
    let (row, column) = (place / FIRST.len(), place % FIRST.len());
    let (first, second) = (FIRST[column], SECOND[(row + column) % SECOND.len()]);
    match round {
        0 => format!("{first} {second}"),
        round => format!("{first} {second} {}", round + 1),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::organisation;

    #[test]
    fn no_name_comes_twice() {
        let names: BTreeSet<_> = (0..2000).map(organisation).collect();
        assert_eq!(names.len(), 2000);
    }
}
