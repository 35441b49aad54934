//! Noisy inventories from a seed, with the truth of how they were made.
//!
//! Of each side's devices 70 % keep MAC and IP addresses, 10 % have other IP addresses, 8 % only the same name, 10 % are on
//! this side alone, 1 % are two devices of one MAC address (clones, or a dock beside an address of their own), and 1 % two
//! devices of one name. Organisations differ in size: a few are large.

use fastrand::Rng;

use crate::inventory::{Device, Expected, Inventories, Truth};

const VENDORS: [u64; 8] = [
    0x00_1b_21, 0x3c_52_82, 0xf4_ce_46, 0xa4_bb_6d, 0xd8_9e_f3, 0x98_e7_43, 0x0c_9d_92, 0xb4_96_91,
];
const MODELS: [&str; 6] = [
    "OptiPlex 7090",
    "Latitude 5520",
    "ProLiant DL380 Gen10",
    "ThinkPad T14",
    "PowerEdge R740",
    "VMware7,1",
];
const STATES: [&str; 5] = ["active", "active", "active", "offline", "retired"];
const PREFIXES: [&str; 6] = ["PC", "LAPTOP", "SRV", "NB", "WS", "VM"];
const JUNK_MACS: [&str; 4] = [
    "00:00:00:00:00:00",
    "FF-FF-FF-FF-FF-FF",
    "00-00-5E-00-01-0A",
    "02:00:4c:4f:4f:50",
];
const JUNK_IPS: [&str; 4] = ["169.254.10.20", "fe80::1", "127.0.0.1", "0.0.0.0"];
const JUNK_SERIALS: [&str; 3] = ["To be filled by O.E.M.", "Default string", "None"];

/// How a device or a pair of devices is made.
#[derive(Debug, Clone, Copy)]
enum Made {
    MacAndIp,
    Mac,
    Name,
    Alone,
    Clones,
    ClonesInPlace,
    Dock,
    OneName,
}

#[derive(Debug, Clone)]
struct Seen {
    name: String,
    macs: Vec<u64>,
    ips: Vec<String>,
    serial: String,
    model: &'static str,
    status: &'static str,
}

struct Generator {
    random: Rng,
    organizations: u32,
    macs: u64,
    names: u64,
    /// How many IP addresses each organisation has given away.
    ips: Vec<u32>,
    made: Inventories,
}

/// Makes two inventories of about `size` devices each: the same ones for the same seed.
#[must_use]
pub fn generate(size: usize, seed: u64) -> Inventories {
    let organizations = u32::try_from(size / 200).unwrap_or(u32::MAX).max(1);
    let mut generator = Generator {
        random: Rng::with_seed(seed),
        organizations,
        macs: 0,
        names: 0,
        ips: vec![0; organizations as usize],
        made: Inventories {
            left: Vec::with_capacity(size + size / 8),
            right: Vec::with_capacity(size + size / 8),
            truth: Vec::with_capacity(size + size / 4),
        },
    };
    let per_mille = |share: usize, each: usize| size * share / 1000 / each;
    let mut plan = Vec::with_capacity(size);
    for (made, count) in [
        (Made::Mac, per_mille(100, 1)),
        (Made::Name, per_mille(80, 1)),
        (Made::Alone, per_mille(100, 1)),
        (Made::Clones, per_mille(4, 2)),
        (Made::ClonesInPlace, per_mille(3, 2)),
        (Made::Dock, per_mille(3, 2)),
        (Made::OneName, per_mille(10, 2)),
        (Made::MacAndIp, per_mille(700, 1)),
    ] {
        plan.extend(std::iter::repeat_n(made, count));
    }
    generator.random.shuffle(&mut plan);
    for made in plan {
        generator.make(made);
    }
    let Generator {
        mut random,
        mut made,
        ..
    } = generator;
    random.shuffle(&mut made.left);
    random.shuffle(&mut made.right);
    made
}

impl Generator {
    fn mac(&mut self) -> u64 {
        self.macs += 1;
        let vendor = VENDORS[usize::try_from(self.macs % VENDORS.len() as u64).unwrap_or(0)];
        // An odd multiplier visits every number of 24 bits once before it repeats.
        (vendor << 24) | (self.macs.wrapping_mul(0x9e_37_79) & 0xff_ff_ff)
    }

    fn macs(&mut self) -> Vec<u64> {
        let count = [1, 1, 1, 2, 2, 3][self.random.usize(..6)];
        (0..count).map(|_| self.mac()).collect()
    }

    /// An address that nobody else in the organisation has.
    fn ip(&mut self, organization: u32) -> String {
        let given = &mut self.ips[organization as usize];
        *given += 1;
        let [_, a, b, c] = given.to_be_bytes();
        format!("10.{a}.{b}.{c}")
    }

    fn name(&mut self) -> String {
        self.names += 1;
        let prefix = PREFIXES[usize::try_from(self.names % PREFIXES.len() as u64).unwrap_or(0)];
        let number = self.names.wrapping_mul(0x5d_ee_cf) & 0xff_ff_ff;
        format!("{prefix}-{number:06X}")
    }

    fn serial(&mut self) -> String {
        if self.random.u8(..100) < 5 {
            return self.choice(&JUNK_SERIALS).to_owned();
        }
        format!("{:08X}", self.random.u32(..))
    }

    fn choice(&mut self, among: &[&'static str]) -> &'static str {
        among[self.random.usize(..among.len())]
    }

    fn percent(&mut self, share: u8) -> bool {
        self.random.u8(..100) < share
    }

    fn device(&mut self, organization: u32) -> Seen {
        let mut ips = vec![self.ip(organization)];
        if self.percent(10) {
            ips.push(self.ip(organization));
        }
        Seen {
            name: self.name(),
            macs: self.macs(),
            ips,
            serial: self.serial(),
            model: self.choice(&MODELS),
            status: self.choice(&STATES),
        }
    }

    /// The same device as the other system sees it.
    fn drifted(&mut self, seen: &Seen, renamed: bool) -> Seen {
        let mut other = seen.clone();
        if renamed && self.percent(5) {
            other.name = self.name();
        }
        if self.percent(3) {
            other.status = self.choice(&STATES);
        }
        if self.percent(2) {
            other.serial = self.serial();
        }
        if self.percent(20) {
            other.macs.truncate(1);
        }
        other
    }

    fn moved(&mut self, mut seen: Seen, organization: u32) -> Seen {
        seen.ips = vec![self.ip(organization)];
        seen
    }

    fn make(&mut self, made: Made) {
        let skewed = self.random.f64().powi(2) * f64::from(self.organizations);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between zero and the number of organisations"
        )]
        let organization = (skewed as u32).min(self.organizations - 1);
        let first = self.device(organization);
        match made {
            Made::MacAndIp => {
                let other = self.drifted(&first, true);
                self.pair(organization, first, other, Expected::MacIp);
            }
            Made::Mac => {
                let other = self.drifted(&first, true);
                let other = self.moved(other, organization);
                self.pair(organization, first, other, Expected::Mac);
            }
            Made::Name => {
                let other = self.drifted(&first, false);
                let mut other = self.moved(other, organization);
                other.macs = self.some_other_macs();
                self.pair(organization, first, other, Expected::Name);
            }
            Made::Alone => {
                self.emit(organization, Some(first), None, Expected::AOnly);
                let second = self.device(organization);
                self.emit(organization, None, Some(second), Expected::BOnly);
            }
            Made::Clones | Made::ClonesInPlace | Made::Dock => {
                let second = self.device(organization);
                let shared = self.mac();
                for seen in [first, second] {
                    self.sharing(made, organization, seen, shared);
                }
            }
            Made::OneName => {
                let mut second = self.device(organization);
                second.name.clone_from(&first.name);
                for seen in [first, second] {
                    let mut other = self.moved(seen.clone(), organization);
                    other.macs = self.some_other_macs();
                    self.pair(organization, seen, other, Expected::Ambiguous);
                }
            }
        }
    }

    fn some_other_macs(&mut self) -> Vec<u64> {
        if self.random.bool() {
            return Vec::new();
        }
        self.macs()
    }

    /// One of two devices that show the same address.
    fn sharing(&mut self, made: Made, organization: u32, mut seen: Seen, shared: u64) {
        let own = seen.macs[0];
        seen.macs = if let Made::Dock = made {
            vec![shared, own]
        } else {
            vec![shared]
        };
        let mut other = seen.clone();
        other.macs.reverse();
        let expected = match made {
            Made::ClonesInPlace => Expected::MacIp,
            Made::Dock => Expected::Mac,
            _ => Expected::Ambiguous,
        };
        if expected != Expected::MacIp {
            other = self.moved(other, organization);
        }
        self.pair(organization, seen, other, expected);
    }

    fn pair(&mut self, organization: u32, left: Seen, right: Seen, expected: Expected) {
        self.emit(organization, Some(left), Some(right), expected);
    }

    fn emit(
        &mut self,
        organization: u32,
        left: Option<Seen>,
        right: Option<Seen>,
        expect: Expected,
    ) {
        let mut ids = [None, None];
        for (side, seen) in [left, right].into_iter().enumerate() {
            let Some(seen) = seen else { continue };
            let (letter, rows) = if side == 0 {
                ('A', self.made.left.len())
            } else {
                ('B', self.made.right.len())
            };
            let device = self.written(format!("{letter}{rows:07}"), organization, seen);
            ids[side] = Some(device.id.clone());
            if side == 0 {
                self.made.left.push(device);
            } else {
                self.made.right.push(device);
            }
        }
        let [a, b] = ids;
        self.made.truth.push(Truth { a, b, expect });
    }

    /// A device in the spelling of some system, with the junk that systems add.
    fn written(&mut self, id: String, organization: u32, seen: Seen) -> Device {
        let mut macs: Vec<String> = seen.macs.iter().map(|mac| self.spelled(*mac)).collect();
        if self.percent(1) {
            macs.push(self.choice(&JUNK_MACS).to_owned());
        }
        self.random.shuffle(&mut macs);
        let mut ips = seen.ips;
        if self.percent(1) {
            for ip in &mut ips {
                ip.insert_str(0, "::ffff:");
            }
        }
        if self.percent(3) {
            ips.insert(0, self.choice(&JUNK_IPS).to_owned());
        }
        let name = if self.percent(40) {
            seen.name.to_lowercase()
        } else {
            seen.name
        };
        Device {
            id,
            org: format!("org-{organization:05}"),
            name,
            macs,
            ips,
            serial: seen.serial,
            model: seen.model.to_owned(),
            status: seen.status.to_owned(),
        }
    }

    fn spelled(&mut self, mac: u64) -> String {
        let hex = format!("{mac:012x}");
        let joined = |separator: &str, each: usize| {
            let parts: Vec<&str> = (0..12)
                .step_by(each)
                .map(|at| &hex[at..at + each])
                .collect();
            parts.join(separator)
        };
        match self.random.u8(..5) {
            0 => joined(":", 2).to_uppercase(),
            1 => joined(":", 2),
            2 => joined("-", 2).to_uppercase(),
            3 => joined(".", 4),
            _ => hex,
        }
    }
}

#[cfg(test)]
mod tests {
    use reconcile::matching::MatchPolicy;

    use super::generate;

    #[test]
    fn n03_n10_every_pair_that_can_be_told_is_found_and_no_other() {
        for seed in 1..=5 {
            let inventories = generate(4000, seed);
            let matching = inventories.matched(&MatchPolicy::default()).unwrap();
            let score = inventories.score(&matching);
            assert_eq!(
                (score.wrong, score.missed, score.other_rule),
                (0, 0, 0),
                "seed {seed}: {score:?}"
            );
            assert_eq!(score.pairs, score.expected);
            assert!(score.expected > 3400, "{score:?}");
        }
    }

    #[test]
    fn a_seed_always_gives_the_same() {
        assert_eq!(generate(500, 7), generate(500, 7));
        assert_ne!(generate(500, 7), generate(500, 8));
    }
}
