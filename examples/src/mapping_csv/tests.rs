use jiff::Timestamp;
use proptest::prelude::*;
use reconcile::identity::{EntityRef, Instance, Kind, Vendor};
use reconcile::inventory::{
    Coverage, Index, Observation, Organization, Role, Rows, Scope, Segment,
};
use reconcile::mapping::{Cardinality, Evidence, Ground, Mapping, MappingPolicy};
use reconcile::state::{AssociationId, Body, Decision, State, Target};

use super::{Column, Problem, RowError, Separator, export, import, text_of};

/// A bound state beside what was read of both sides.
struct World {
    state: State,
    sites: Observation,
    companies: Observation,
    policy: MappingPolicy,
}

fn rmm() -> Instance {
    Instance::new(Vendor::new("datto-rmm"), "merlot/abc123")
}

fn gravityzone() -> Instance {
    Instance::new(Vendor::new("gravityzone"), "cloud/0001")
}

fn site(id: &str) -> EntityRef {
    rmm().entity(Kind::SITE, id)
}

fn company(id: &str) -> EntityRef {
    gravityzone().entity(Kind::COMPANY, id)
}

fn observation(instance: &Instance) -> Observation {
    Observation {
        scope: Scope {
            instance: instance.clone(),
            root: instance.root(),
            rights: None,
        },
        taken_at: Timestamp::UNIX_EPOCH,
        segments: vec![Segment {
            of: instance.root(),
            coverage: Coverage::Complete,
            rows: Rows::Organizations(Vec::new()),
        }],
    }
}

fn rows(observation: &mut Observation) -> &mut Vec<Organization> {
    match &mut observation.segments[0].rows {
        Rows::Organizations(rows) => rows,
        _ => unreachable!("it lists organisations"),
    }
}

impl World {
    fn new() -> Self {
        let mut world = Self {
            state: State::new(),
            sites: observation(&rmm()),
            companies: observation(&gravityzone()),
            policy: MappingPolicy::default(),
        };
        world.log(Body::Bound {
            source: rmm(),
            destination: gravityzone(),
        });
        rows(&mut world.companies).push(Organization::new(
            company("p1"),
            "Partner One",
            Role::Partner,
        ));
        world
    }

    /// Alpha is unmapped, Beta mapped to c2, Gamma ignored, Delta to get a new company; c1, c3 and c4 are free.
    fn usual() -> (Self, AssociationId, AssociationId) {
        let mut world = Self::new();
        for (id, name) in [
            ("s1", "Alpha"),
            ("s2", "Beta"),
            ("s3", "Gamma"),
            ("s4", "Delta"),
        ] {
            world.site(id, name, Role::Managed);
        }
        for (id, name) in [
            ("c1", "Alpha Ltd"),
            ("c2", "Beta Ltd"),
            ("c3", "Gamma Ltd"),
            ("c4", "Delta Ltd"),
        ] {
            world.company(id, name);
        }
        let beta = world.decide(associate("s2", "c2"));
        world.decide(Decision::Ignore { source: site("s3") });
        let delta = world.decide(Decision::Associate {
            source: site("s4"),
            target: new("Delta New"),
        });
        (world, beta, delta)
    }

    fn site(&mut self, id: &str, name: &str, role: Role) {
        rows(&mut self.sites).push(Organization::new(site(id), name, role));
    }

    fn company(&mut self, id: &str, name: &str) {
        rows(&mut self.companies).push(Organization::new(company(id), name, Role::Customer));
    }

    fn log(&mut self, body: Body) -> AssociationId {
        let entry = self.state.entry(body, "alex", Timestamp::UNIX_EPOCH);
        assert!(self.state.absorb(&entry).unwrap());
        entry.id.into()
    }

    fn decide(&mut self, decision: Decision) -> AssociationId {
        self.log(Body::Decided(decision.into()))
    }

    fn export(&self, separator: Separator) -> String {
        let (sites, companies) = (Index::new(&self.sites), Index::new(&self.companies));
        let mapping = Mapping::new(&self.state, &sites, &companies, &self.policy).unwrap();
        export(&mapping, &companies, separator)
    }

    fn import(&self, text: &str) -> Result<Vec<Decision>, Vec<RowError>> {
        let (sites, companies) = (Index::new(&self.sites), Index::new(&self.companies));
        let mapping = Mapping::new(&self.state, &sites, &companies, &self.policy).unwrap();
        let decided = import(text, &mapping, &companies, &company("p1"))?;
        Ok(decided
            .into_iter()
            .map(|decided| decided.decision)
            .collect())
    }

    /// What an import says of these rows under the usual heading.
    fn import_rows(&self, rows: &[&str]) -> Result<Vec<Decision>, Vec<RowError>> {
        self.import(&format!("{HEADER}\r\n{}\r\n", rows.join("\r\n")))
    }

    /// The errors of these rows as text.
    fn errors(&self, rows: &[&str]) -> Vec<String> {
        let errors = self.import_rows(rows).unwrap_err();
        errors.iter().map(ToString::to_string).collect()
    }
}

const HEADER: &str = "site_id,site_name,state,decision,company_id,company_name,new_name";

fn associate(source: &str, target: &str) -> Decision {
    Decision::Associate {
        source: site(source),
        target: Target::Existing(company(target)),
    }
}

fn change(association: AssociationId, target: Target) -> Decision {
    Decision::Change {
        association,
        target,
    }
}

fn new(name: &str) -> Target {
    Target::New {
        name: name.to_owned(),
        parent: company("p1"),
    }
}

#[test]
fn an_export_has_a_row_for_each_site_and_an_import_of_it_decides_nothing() {
    let (world, ..) = World::usual();
    let expected = [
        "\u{feff}site_id,site_name,state,decision,company_id,company_name,new_name",
        "s1,Alpha,unmapped,,,,",
        "s2,Beta,associated with c2,,c2,Beta Ltd,",
        "s4,Delta,associated with a new company,,,,Delta New",
        "s3,Gamma,ignored,,,,",
        "",
    ];
    assert_eq!(world.export(Separator::Comma), expected.join("\r\n"));
    assert_eq!(
        world.export(Separator::Semicolon),
        expected.join("\r\n").replace(',', ";")
    );
    for separator in [Separator::Comma, Separator::Semicolon] {
        assert_eq!(world.import(&world.export(separator)), Ok(Vec::new()));
    }
}

#[test]
fn each_edit_gives_exactly_its_decision() {
    let (world, beta, delta) = World::usual();
    let ignore = Decision::Ignore { source: site("s1") };
    let dissociate = |association| Decision::Dissociate { association };
    for (row, decision) in [
        ("s1,Alpha,unmapped,,c1,,", associate("s1", "c1")),
        (
            "s1,Alpha,unmapped,Associate ,c1,Alpha Ltd,",
            associate("s1", "c1"),
        ),
        (
            "s1,,,,,,Alpha New",
            Decision::Associate {
                source: site("s1"),
                target: new("Alpha New"),
            },
        ),
        (
            "s1,Alpha,unmapped,new,,,Alpha New ",
            Decision::Associate {
                source: site("s1"),
                target: new("Alpha New"),
            },
        ),
        ("s1,Alpha,unmapped,IGNORE,,,", ignore),
        (
            "s2,Beta,associated with c2,,c1,,",
            change(beta, Target::Existing(company("c1"))),
        ),
        (
            "s2,Beta,associated with c2,,,Beta Ltd,Beta New",
            change(beta, new("Beta New")),
        ),
        (
            "s2,Beta,associated with c2,dissociate,c2,Beta Ltd,",
            dissociate(beta),
        ),
        ("s2,Beta,,dissociate,,,", dissociate(beta)),
        (
            "s4,Delta,associated with a new company,,,,Delta Other",
            change(delta, new("Delta Other")),
        ),
        (
            "s4,Delta,associated with a new company,associate,c4,,",
            change(delta, Target::Existing(company("c4"))),
        ),
        (
            "s4,Delta,associated with a new company,dissociate,,,Delta New",
            dissociate(delta),
        ),
    ] {
        assert_eq!(world.import_rows(&[row]), Ok(vec![decision]), "{row}");
    }
    for row in [
        "s1,Alpha,unmapped,keep,,,",
        "s2,Beta,associated with c2,keep,c2,Beta Ltd,",
        "s2,Beta,associated with c2,associate,c2,Beta Ltd,",
        "s2,Beta,,,,,Beta Ltd",
        "s3,Gamma,ignored,ignore,,,",
        "s4,Delta,associated with a new company,new,,,Delta New",
    ] {
        assert_eq!(world.import_rows(&[row]), Ok(Vec::new()), "{row}");
    }
}

#[test]
fn decisions_come_in_the_order_of_the_rows_and_a_second_import_decides_nothing() {
    let (mut world, beta, _) = World::usual();
    let file = [
        "s2,Beta,associated with c2,dissociate,c2,Beta Ltd,",
        "s1,Alpha,unmapped,,c1,,",
    ];
    let decisions = world.import_rows(&file).unwrap();
    assert_eq!(
        decisions,
        [
            Decision::Dissociate { association: beta },
            associate("s1", "c1")
        ]
    );
    for decision in decisions {
        world.decide(decision);
    }
    assert_eq!(world.import_rows(&file), Ok(Vec::new()));
}

#[test]
fn a_new_company_keeps_the_parent_that_was_decided_when_only_its_name_changes() {
    let (mut world, ..) = World::usual();
    rows(&mut world.companies).push(Organization::new(
        company("p2"),
        "Partner Two",
        Role::Partner,
    ));
    world.site("s5", "Epsilon", Role::Managed);
    let parent = company("p2");
    let target = |name: &str| Target::New {
        name: name.to_owned(),
        parent: parent.clone(),
    };
    let association = world.decide(Decision::Associate {
        source: site("s5"),
        target: target("Epsilon"),
    });
    assert_eq!(
        world.import_rows(&["s5,Epsilon,,,,,Epsilon Ltd"]),
        Ok(vec![change(association, target("Epsilon Ltd"))])
    );
}

#[test]
fn missing_unknown_and_repeated_columns_are_named() {
    let (world, ..) = World::usual();
    let errors = |text: &str| -> Vec<String> {
        let errors = world.import(text).unwrap_err();
        errors.iter().map(ToString::to_string).collect()
    };
    assert_eq!(
        errors("site_id,site_name,state,decision,company_id,Company,decision\n"),
        [
            "row 1, Company \"Company\": there is no such column",
            "row 1, decision \"decision\": the column is there twice",
            "row 1, company_name: the column is missing",
            "row 1, new_name: the column is missing",
        ]
    );
    assert_eq!(errors("").len(), Column::ALL.len());
    assert_eq!(
        errors(&format!("{HEADER},\ns1,Alpha,,,,,,\ns2,,,,c2,,,stray\n")),
        ["row 3, number 8 \"stray\": the cell belongs to no column"]
    );
}

#[test]
fn columns_may_stand_in_any_order_and_case() {
    let (world, ..) = World::usual();
    let text = "New_Name,company_id,Decision,state,company_name,SITE_ID,site_name\n,c1,,,,s1,\n";
    assert_eq!(world.import(text), Ok(vec![associate("s1", "c1")]));
}

#[test]
fn every_wrong_cell_is_named_with_its_row_column_and_value_and_nothing_is_imported() {
    let (mut world, ..) = World::usual();
    world.site("s9", "Visitors", Role::OnDemand);
    for (row, error) in [
        ("s8,,,,,,", "row 2, site_id \"s8\": no site has this id"),
        (
            "1.2E+19,,,,,,",
            "row 2, site_id \"1.2E+19\": no site has this id; the spreadsheet made a number of it: format the column \
             as text",
        ),
        (",Alpha,,,c1,,", "row 2, site_id: the cell is blank"),
        (
            "s1,Alpha,,,c9,,",
            "row 2, company_id \"c9\": no company has this id",
        ),
        (
            "s1,Beta,,,,,",
            "row 2, site_name \"Beta\": the site s1 is \"Alpha\", but the row says \"Beta\", which is site s2: are \
             the columns sorted apart?",
        ),
        (
            "s1,Alpha,,,c1,Gamma Ltd,",
            "row 2, company_name \"Gamma Ltd\": the company c1 is \"Alpha Ltd\", but the row says \"Gamma Ltd\", which \
             is company c3: correct one of the two, or clear the name",
        ),
        (
            "s2,Beta,associated with c2,,c1,Beta Ltd,",
            "row 2, company_name \"Beta Ltd\": the company c1 is \"Alpha Ltd\", but the row says \"Beta Ltd\", which \
             is company c2: correct one of the two, or clear the name",
        ),
        (
            "s1,Alpha,,,,Alpha Ltd,",
            "row 2, company_name \"Alpha Ltd\": a company is mapped by its id, which is blank; the row says \
             \"Alpha Ltd\", which is company c1: put the id in, or clear the name",
        ),
        (
            "s1,Alpha,,,c1,,Other",
            "row 2, new_name \"Other\": company_id and new_name are both filled in: clear one of the two",
        ),
        (
            "s1,Alpha,,link,,,",
            "row 2, decision \"link\": use associate, new, ignore, dissociate or keep, or leave it blank",
        ),
        (
            "s1,Alpha,,associate,,,",
            "row 2, company_id: the cell is blank",
        ),
        ("s1,Alpha,,new,,,", "row 2, new_name: the cell is blank"),
        (
            "s1,Alpha,,new,c1,,",
            "row 2, company_id \"c1\": this does not go with \"new\": correct one of the two",
        ),
        (
            "s1,Alpha,,associate,,,Other",
            "row 2, new_name \"Other\": this does not go with \"associate\": correct one of the two",
        ),
        (
            "s2,Beta,,keep,c1,,",
            "row 2, company_id \"c1\": this does not go with \"keep\": correct one of the two",
        ),
        (
            "s1,Alpha,,dissociate,,,",
            "row 2, decision \"dissociate\": the site is not mapped, so there is nothing to dissociate",
        ),
        (
            "s2,Beta,,,,,",
            "row 2, company_id: the site is mapped to c2: to drop that, write \"dissociate\"; otherwise put c2 back in",
        ),
        (
            "s1,Alpha,,,c2,,",
            "row 2, company_id \"c2\": company \"Beta Ltd\" (c2) is used by site \"Beta\" (s2) already (association 2)",
        ),
        (
            "s1,Alpha,,,,,Beta Ltd",
            "row 2, new_name \"Beta Ltd\": the name \"Beta Ltd\" is in use by company \"Beta Ltd\" (c2): map to that, \
             or choose another name",
        ),
        (
            "s2,Beta,,ignore,c2,,",
            "row 2, site_id \"s2\": site \"Beta\" (s2) is mapped to company \"Beta Ltd\" (c2) already (association \
             2): change that association instead",
        ),
        (
            "s3,Gamma,ignored,,c3,,",
            "row 2, site_id \"s3\": site \"Gamma\" (s3) is ignored: take that back first",
        ),
        (
            "s9,Visitors,,,c1,,",
            "row 2, site_id \"s9\": site \"Visitors\" (s9) cannot be mapped: it is served on demand only",
        ),
    ] {
        // A good row beside it is not imported either.
        assert_eq!(world.errors(&[row, "s4,Delta,,,c4,,"]), [error], "{row}");
    }
    world.companies.segments[0].coverage = Coverage::Partial("page 2 failed".into());
    assert_eq!(
        world.errors(&["s1,Alpha,,,c9,,"]),
        [
            "row 2, company_id \"c9\": no company has this id as far as could be read (page 2 failed)"
        ]
    );
}

#[test]
fn rows_that_contradict_each_other_name_each_other() {
    let (mut world, ..) = World::usual();
    world.site("s5", "Epsilon", Role::Managed);
    assert_eq!(
        world.errors(&["s1,,,,c1,,", "s1,,,,c3,,", "s5,,,,c1,,"]),
        [
            "row 3, site_id \"s1\": the site has row 2 already",
            "row 4, company_id \"c1\": company \"Alpha Ltd\" (c1) is also asked for by row 2",
        ]
    );
    assert_eq!(
        world.errors(&["s1,,,,,,Same", "s5,,,,,,same"]),
        ["row 3, new_name \"same\": a new company of the name \"same\" is also asked for by row 2"]
    );
    world.policy.cardinality = Cardinality::ManyToOne;
    assert_eq!(
        world.import_rows(&["s1,,,,c1,,", "s5,,,,c1,,"]),
        Ok(vec![associate("s1", "c1"), associate("s5", "c1")])
    );
}

#[test]
fn all_errors_are_collected_in_the_order_of_the_rows() {
    let (world, ..) = World::usual();
    let errors = world
        .import_rows(&[
            "s1,Beta,,link,c9,,",
            "s2,Beta,,,c4,,",
            "s4,Delta,,,c4,,",
            "s8,,,,,,",
        ])
        .unwrap_err();
    let places: Vec<_> = errors
        .iter()
        .map(|error| (error.row, error.column.as_str(), error.value.as_str()))
        .collect();
    assert_eq!(
        places,
        [
            (2, "site_name", "Beta"),
            (2, "decision", "link"),
            (2, "company_id", "c9"),
            (4, "company_id", "c4"),
            (5, "site_id", "s8"),
        ]
    );
}

#[test]
fn a_row_that_became_outdated_never_takes_a_later_decision_back() {
    let (mut world, beta, _) = World::usual();
    let exported = world.export(Separator::Comma);
    world.decide(change(beta, Target::Existing(company("c3"))));
    world.decide(associate("s1", "c1"));
    let errors = world.import(&exported).unwrap_err();
    let said: Vec<_> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "row 2, state \"unmapped\": the site is associated with c1 now, which is not what the row was edited \
             upon: export again, or clear this cell",
            "row 3, state \"associated with c2\": the site is associated with c3 now, which is not what the row was \
             edited upon: export again, or clear this cell",
        ]
    );
    // What was edited to what is so by now does no harm.
    let rows = [
        "s1,Alpha,unmapped,,c1,,",
        "s2,Beta,associated with c2,,c3,,",
    ];
    assert_eq!(world.import_rows(&rows), Ok(Vec::new()));
}

#[test]
fn an_association_without_its_site_or_company_is_exported_and_can_be_dropped() {
    let (mut world, beta, _) = World::usual();
    rows(&mut world.sites).retain(|row| row.entity != site("s2"));
    rows(&mut world.companies).retain(|row| row.entity != company("c2"));
    let exported = world.export(Separator::Comma);
    assert!(
        exported.contains("\r\ns2,,associated with c2,,c2,,\r\n"),
        "{exported}"
    );
    assert_eq!(world.import(&exported), Ok(Vec::new()));
    let edited = exported.replace("c2,,c2", "c2,dissociate,c2");
    assert_eq!(
        world.import(&edited),
        Ok(vec![Decision::Dissociate { association: beta }])
    );
}

#[test]
fn rows_are_counted_as_a_spreadsheet_counts_them() {
    let mut world = World::new();
    world.site("s1", "Two\nlines", Role::Managed);
    let two = "s1,\"Two\nlines\",,,,,";
    for end in ["\n", "\r\n", "\r"] {
        for (lines, row) in [
            (&[HEADER, two, "s8"][..], 3),
            (&[HEADER, two, "", "s8"], 4),
            (&[HEADER, "", two, ",,,,,,", "", "", "s8", "", ""], 7),
            (&["", "", HEADER, "", "s8", ""], 5),
        ] {
            let errors = world.import(&lines.join(end)).unwrap_err();
            assert_eq!((errors.len(), errors[0].row), (1, row), "{lines:?} {end:?}");
        }
    }
}

#[test]
fn an_id_of_several_kinds_is_settled_or_refused() {
    let (mut world, ..) = World::usual();
    let folder = gravityzone().entity(Kind::FOLDER, "c1");
    rows(&mut world.companies).push(Organization::new(folder, "Folder", Role::Folder));
    assert_eq!(
        world.import_rows(&["s1,,,,c1,,"]),
        Ok(vec![associate("s1", "c1")])
    );
    let network = rmm().entity(Kind::NETWORK, "s1");
    rows(&mut world.sites).push(Organization::new(network, "Network", Role::Managed));
    assert_eq!(
        world.errors(&["s1,,,,c1,,"]),
        [
            "row 2, site_id \"s1\": several have this id: datto-rmm/merlot/abc123 network s1, \
          datto-rmm/merlot/abc123 site s1"
        ]
    );
}

#[test]
fn what_spreadsheets_do_to_files_is_understood() {
    let (world, ..) = World::usual();
    let edited = format!("{HEADER}\ns1,Alpha,unmapped,,c1,,\n");
    let expected = Ok(vec![associate("s1", "c1")]);
    for text in [
        edited.replace(',', ";"),
        edited.replace(',', "\t"),
        format!("\u{feff}{}", edited.replace(',', ";")),
        format!("sep=;\r\n{}", edited.replace(',', ";")),
        edited.replace("Alpha", "\"Alpha\"").replace('\n', "\r\n"),
        edited.replace("c1,,", "c1"),
        edited.replace("Alpha", " Alpha\u{a0} "),
    ] {
        assert_eq!(world.import(&text), expected, "{text:?}");
    }
    let errors = world
        .import(&format!("sep=;\r\n{HEADER}\r\ns8;;;;;;\r\n").replace(',', ";"))
        .unwrap_err();
    assert_eq!(errors[0].row, 3);
}

#[test]
fn a_file_that_is_cut_off_or_in_another_encoding_is_refused() {
    let (world, ..) = World::usual();
    let cut = format!("{HEADER}\ns1,Alpha,,,,,\"New na");
    let errors = world.import(&cut).unwrap_err();
    assert_eq!(
        (errors[0].row, &*errors[0].problem),
        (2, &Problem::OpenQuote)
    );

    assert_eq!(text_of("Größe".as_bytes()), Ok("Größe"));
    let error = text_of(b"site_id\r\nGr\xf6\xdfe\r\n").unwrap_err();
    assert_eq!((error.row, *error.problem), (2, Problem::NotUtf8));
}

#[test]
fn cells_that_would_run_as_formulas_are_defused() {
    let mut world = World::new();
    for (number, name) in [
        "=HYPERLINK(\"x\")",
        "+1",
        "-1",
        "@x",
        "\tx",
        "\rx",
        "A;=1+1",
    ]
    .into_iter()
    .enumerate()
    {
        world.site(&format!("s{number}"), name, Role::Managed);
    }
    let exported = world.export(Separator::Comma);
    let cells = exported.split([',', ';', '\t', '\r', '\n']);
    for cell in cells.map(|cell| cell.trim_start_matches('"')) {
        assert!(!cell.starts_with(['=', '+', '-', '@']), "{cell:?}");
    }
    assert!(
        exported.contains("s0,\"'=HYPERLINK(\"\"x\"\")\","),
        "{exported}"
    );
    assert_eq!(world.import(&exported), Ok(Vec::new()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Of sites, companies and companies to be created, in both forms; and ids too.
    #[test]
    fn arbitrary_names_and_ids_survive_the_round_trip(
        names in prop::collection::vec("[=+@'\";, \\t\\r\\n0-9eE-]{0,8}|(?s:.{0,8})", 3),
        id in "[0-9eE]{1,22}",
        is_comma in any::<bool>(),
    ) {
        let mut world = World::new();
        world.site("a", &names[0], Role::Managed);
        world.site("b", &names[2], Role::Managed);
        world.site(&format!("x{id}"), &names[1], Role::Managed);
        world.company(&id, &names[1]);
        world.decide(associate("a", &id));
        world.decide(Decision::Associate { source: site("b"), target: new(&names[2]) });
        let separator = if is_comma { Separator::Comma } else { Separator::Semicolon };
        let exported = world.export(separator);
        prop_assert_eq!(world.import(&exported), Ok(Vec::new()), "{:?}", exported);

        // The cells are the very names, not only alike.
        let rows = super::table::read(&exported).unwrap();
        let row = |id: &str| rows.iter().find(|row| row.text(Column::SiteId) == id).unwrap();
        prop_assert_eq!(row("a").text(Column::SiteName), &names[0]);
        prop_assert_eq!(row("a").text(Column::CompanyId), &id);
        prop_assert_eq!(row("a").text(Column::CompanyName), &names[1]);
        prop_assert_eq!(row("b").text(Column::NewName), &names[2]);
    }
}

#[test]
fn n14_an_imported_decision_carries_what_the_suggestions_say() {
    let (mut world, _, _) = World::usual();
    let mut twin = rows(&mut world.companies)
        .iter()
        .find(|row| row.entity == company("c1"))
        .unwrap()
        .clone();
    twin.entity = company("c1-twin");
    rows(&mut world.companies).push(twin);
    let (sites, companies) = (Index::new(&world.sites), Index::new(&world.companies));
    let mapping = Mapping::new(&world.state, &sites, &companies, &world.policy).unwrap();
    let text = format!("{HEADER}\r\ns1,Alpha,unmapped,,c1,,\r\n");
    let decided = import(&text, &mapping, &companies, &company("p1")).unwrap();
    let evidence = decided[0].evidence.as_deref().unwrap();
    assert!(
        matches!(
            evidence,
            [Ground::Pair(Evidence::Name(_)), Ground::AsGood { others, .. }]
                if *others[0].entity() == company("c1-twin")
        ),
        "{evidence:?}"
    );
    assert_eq!(decided[0].names[&site("s1")], "Alpha");
}
