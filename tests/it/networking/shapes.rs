//! Every shape that the vendor may give to one answer comes to the same.

use datto_networking::accounts::AuditEvent;
use datto_networking::channels::AllowedChannels;
use datto_networking::clients::NetworkClient;
use datto_networking::devices::NetworkDevice;
use datto_networking::groups::NetworkGroup;
use datto_networking::history::{ClientHistory, NetworkTraffic, NodeHistory, NodeTraffic, Period};
use datto_networking::keys::UserKey;
use datto_networking::networks::{NetworkSummary, RoleId};
use datto_networking::nodes::{Node, NodeUpdate};
use datto_networking::power_strips::{
    PowerStrip, PowerStripFirmware, PowerStripSettings, PowerUsageSample,
};
use datto_networking::settings::{NetworkSettings, Ssid};
use datto_networking::site_survey::SurveyedAp;
use datto_networking::switches::{
    Acls, AllowedFirmware, SnmpTrap, Switch, SwitchPort, SwitchSettings, SwitchUpdate,
};
use datto_networking::users::{User, UserAccount};
use datto_networking::vouchers::{NewVoucher, Voucher};
use datto_networking::{Client, Family, Host};
use simulator::{EmptyMaps, NetworkingSettings, Simulator, SuccessShape, World};

use super::{builder, rows, writer};
use crate::world::start;

/// Declares what is read, and how.
macro_rules! everything {
    ($client:ident, $of:ident: { $($field:ident: $type:ty = $read:expr,)+ }) => {
        /// All that can be read of an account, by what it is of.
        #[derive(Debug, Default, PartialEq)]
        pub(super) struct Everything {
            $($field: Vec<$type>,)+
        }

        impl Everything {
            const PARTS: &[&str] = &[$(stringify!($field)),+];

            async fn add(&mut self, $client: &Client, $of: &Ids) {
                $(self.$field.extend($read);)+
            }

            /// What differs.
            fn unlike(&self, other: &Self) -> Vec<&'static str> {
                let mut unlike = Vec::new();
                $(if self.$field != other.$field {
                    unlike.push(stringify!($field));
                })+
                unlike
            }
        }
    };
}

/// One of each kind, in one network.
struct Ids {
    network: i64,
    node: i64,
    switch: i64,
    strip: i64,
    cid: String,
    voucher: String,
    mac: String,
    owner: i64,
    account: i64,
    group: i64,
}

everything!(client, of: {
    networks: NetworkSummary = rows(client.networks().list().collect_all().await),
    found: NetworkSummary = rows(client.networks().search("%a%").collect_all().await),
    settings: NetworkSettings = [client.network(of.network.into()).settings().get().await.expect("tells")],
    channels: AllowedChannels = [
        client.network(of.network.into()).allowed_channels(None).await.expect("tells"),
        client.node(of.node.into()).allowed_channels(Some("US")).await.expect("tells"),
    ],
    groups: NetworkGroup = rows(client.groups().list().collect_all().await),
    group: NetworkGroup = [client.group(of.group.into()).get().await.expect("tells")],
    nodes: Node = rows(client.network(of.network.into()).nodes().list().collect_all().await),
    node: Node = [client.node(of.node.into()).get().await.expect("tells")],
    macs: bool = [client.nodes().mac_exists(&of.mac).await.expect("tells")],
    switches: Switch = rows(client.network(of.network.into()).switches().list().collect_all().await),
    switch: Switch = [client.switch(of.switch.into()).get().await.expect("tells")],
    ports: SwitchPort = client.switch(of.switch.into()).ports().list().await.expect("tells"),
    traps: SnmpTrap = client.switch(of.switch.into()).snmp_traps().await.expect("tells"),
    acls: Acls = [client.switch(of.switch.into()).acls().get().await.expect("tells")],
    switch_settings: SwitchSettings =
        [client.network(of.network.into()).switches().settings().await.expect("tells")],
    firmware: AllowedFirmware =
        [client.network(of.network.into()).switches().allowed_firmware().await.expect("tells")],
    strips: PowerStrip =
        rows(client.network(of.network.into()).power_strips().list().collect_all().await),
    strip: PowerStrip = [client.power_strip(of.strip.into()).get().await.expect("tells")],
    usage: PowerUsageSample =
        client.power_strip(of.strip.into()).usage(Period::TwoHours).await.expect("tells"),
    strip_settings: PowerStripSettings =
        [client.network(of.network.into()).power_strips().settings().await.expect("tells")],
    strip_firmware: PowerStripFirmware =
        client.network(of.network.into()).power_strips().firmware_versions().await.expect("tells"),
    blocked: NetworkClient =
        rows(client.network(of.network.into()).clients().blocked().collect_all().await),
    traffic: NetworkTraffic =
        [client.network(of.network.into()).history().get(Period::TwoHours).await.expect("tells")],
    clients: NetworkClient =
        rows(client.network(of.network.into()).history().clients(Period::Day).collect_all().await),
    client: ClientHistory = [
        client
            .network(of.network.into())
            .history()
            .client(&of.cid.as_str().into(), Period::TwoHours)
            .await
            .expect("tells"),
    ],
    node_histories: NodeHistory =
        rows(client.network(of.network.into()).history().nodes(Period::TwoHours).collect_all().await),
    node_traffic: NodeTraffic = [
        client
            .network(of.network.into())
            .history()
            .node(of.node.into(), Period::TwoHours)
            .await
            .expect("tells"),
    ],
    survey: SurveyedAp =
        rows(client.network(of.network.into()).site_survey().list().collect_all().await),
    vouchers: Voucher = rows(client.network(of.network.into()).vouchers().list().collect_all().await),
    voucher: Voucher =
        [client.network(of.network.into()).vouchers().get(&of.voucher).await.expect("tells")],
    users: User = rows(client.users().list().collect_all().await),
    user: User = [client.user(of.owner.into()).get().await.expect("tells")],
    keys: UserKey = rows(client.user(of.owner.into()).keys().list().collect_all().await),
    roles: RoleId =
        [client.user(of.owner.into()).network_role(of.network.into()).await.expect("tells")],
    user_accounts: UserAccount = [client.user(of.owner.into()).account().await.expect("tells")],
    agreements: bool = [
        client.user(of.owner.into()).service_agreement().await.expect("tells"),
        client.accounts().service_agreement().await.expect("tells"),
    ],
    audit: AuditEvent = rows(client.account(of.account.into()).audit_log().collect_all().await),
});

impl Everything {
    /// Reads all of it, of each network that has one of each kind.
    pub(super) async fn read(client: &Client, simulator: &Simulator) -> Self {
        let ids: Vec<Ids> = simulator.with_world(|world| {
            let account = &world.networking;
            let networks = world.networks.iter();
            networks
                .map(|network| Ids {
                    network: network.id,
                    node: network.nodes[0].id,
                    switch: network.switches[0].id,
                    strip: network.power_strips[0].id,
                    cid: network.clients[0].cid.clone(),
                    voucher: network.vouchers[0].code.clone(),
                    mac: network.nodes[0].mac.to_string(),
                    owner: account.owner,
                    account: account.id,
                    group: network.group,
                })
                .collect()
        });
        let mut everything = Self::default();
        for of in &ids {
            everything.add(client, of).await;
        }
        everything
    }
}

/// The demo with one network, which has something in every place that the demo leaves empty.
fn world() -> World {
    let mut world = World::demo();
    let others: Vec<_> = world.networks[1..]
        .iter()
        .map(|network| network.id)
        .collect();
    for id in others {
        world.delete_network(id).expect("is there");
    }
    for network in &mut world.networks {
        network.clients[1].blocked = true;
        network.survey.ended_ms = network.nodes[0].last_checkin_ms;
        let switch = &mut network.switches[0];
        switch.acls.mac.push("tills".into());
        switch.ports[0].acl_mac = "tills".into();
    }
    world
}

/// Puts the vendor's clock at the start of a sample, so that the history stays as it is for five minutes.
fn at_the_start_of_a_sample(simulator: &Simulator) -> i64 {
    let start = simulator.now_ms() / 300_000 * 300_000;
    simulator.set_clock_ms(start);
    start
}

fn reset(simulator: &Simulator, change: impl FnOnce(&mut NetworkingSettings)) {
    let mut plain = simulator::Settings::unlimited().networking;
    change(&mut plain);
    simulator.update_settings(|settings| settings.networking = plain);
}

type Change = fn(&mut NetworkingSettings);

/// Traps 2 to 6.
#[tokio::test]
async fn loose_types_and_maps_read_as_plain_ones_do() {
    let simulator = start(world()).await;
    let (key, client) = (
        writer(&simulator),
        builder(&simulator).build().expect("builds"),
    );
    // So that there is something to list.
    let made = key.keys().create().await.expect("creates");
    assert!(made.key.is_some());
    let start = at_the_start_of_a_sample(&simulator);
    let plain = Everything::read(&client, &simulator).await;
    let read = plain.unlike(&Everything::default());
    assert_eq!(read, Everything::PARTS, "nothing is empty");
    let shapes: [(&str, Change); 9] = [
        ("history_as_maps", |settings| {
            settings.history_as_maps = true;
        }),
        ("users_inside_traffic", |settings| {
            settings.users_inside_traffic = true;
        }),
        ("ids_as_text", |settings| {
            settings.ids_as_text = true;
        }),
        ("numbers_as_text", |settings| {
            settings.numbers_as_text = true;
        }),
        ("flags_as_numbers", |settings| {
            settings.flags_as_numbers = true;
        }),
        ("empty lists", |settings| {
            settings.empty_maps = EmptyMaps::List;
        }),
        ("empty nulls", |settings| {
            settings.empty_maps = EmptyMaps::Null;
        }),
        ("empty absent", |settings| {
            settings.empty_maps = EmptyMaps::Absent;
        }),
        ("all of it", |settings| {
            settings.history_as_maps = true;
            settings.users_inside_traffic = true;
            settings.ids_as_text = true;
            settings.numbers_as_text = true;
            settings.flags_as_numbers = true;
            settings.empty_maps = EmptyMaps::List;
        }),
    ];
    for (name, change) in shapes {
        reset(&simulator, change);
        simulator.set_clock_ms(start);
        let read = Everything::read(&client, &simulator).await;
        assert_eq!(plain.unlike(&read), Vec::<&str>::new(), "{name}");
    }
}

/// Nothing is nothing, however it is written.
#[tokio::test]
async fn empty_maps_read_as_nothing() {
    let mut world = World::new(5);
    let id = world.add_network("Empty Shop");
    let network = world.network_mut(id).expect("is there");
    network.settings.0["ssids"] = serde_json::json!({});
    let simulator = start(world).await;
    let client = builder(&simulator).build().expect("builds");
    let network = client.network(id.into());
    for shape in [
        EmptyMaps::Object,
        EmptyMaps::List,
        EmptyMaps::Null,
        EmptyMaps::Absent,
    ] {
        reset(&simulator, |settings| settings.empty_maps = shape);
        assert!(
            rows(network.clients().blocked().collect_all().await).is_empty(),
            "{shape:?}"
        );
        let history = network.history();
        assert!(
            rows(history.clients(Period::Day).collect_all().await).is_empty(),
            "{shape:?}"
        );
        assert!(
            rows(history.nodes(Period::Day).collect_all().await).is_empty(),
            "{shape:?}"
        );
        let settings = network.settings().get().await.expect("tells");
        let ssids: Vec<Ssid> = settings.ssids.unwrap_or_default().into_values().collect();
        assert!(ssids.is_empty(), "{shape:?}");
        let firmware = network.switches().allowed_firmware().await;
        assert!(firmware.expect("tells").is_empty(), "{shape:?}");
        assert!(
            rows(network.nodes().list().collect_all().await).is_empty(),
            "{shape:?}"
        );
    }
}

#[tokio::test]
async fn a_success_is_one_in_any_shape() {
    let simulator = start(world()).await;
    let client = writer(&simulator);
    let (network, node, switch, voucher) = simulator.with_world(|world| {
        let network = &world.networks[0];
        let voucher = network.vouchers[0].code.clone();
        (
            network.id,
            network.nodes[0].id,
            network.switches[0].id,
            voucher,
        )
    });
    let owner = simulator.with_world(|world| world.networking.owner);
    let scope = client.network(network.into());
    for (number, shape) in [
        SuccessShape::AsDocumented,
        SuccessShape::Element,
        SuccessShape::ElementWithDetails,
        SuccessShape::EmptyObject,
        SuccessShape::EmptyBody,
        SuccessShape::Status,
        SuccessShape::Text,
    ]
    .into_iter()
    .enumerate()
    {
        reset(&simulator, |settings| settings.success = shape);
        let name = format!("Number {number}");
        let group = client.groups().create(&name).await.expect("creates");
        let update = NodeUpdate::default().name(name.clone());
        let renamed = SwitchUpdate::default().name(name.clone());
        let voucher = NewVoucher::new(5, 1, 1.0, 1.0, 9)
            .code(voucher.as_str())
            .comment(name.as_str());
        scope.embed().create().await.expect("creates");
        let done = [
            client.node(node.into()).update(&update).await,
            client.node(node.into()).reboot().await,
            client.switch(switch.into()).update(&renamed).await,
            client.switch(switch.into()).expedite_upgrade().await,
            scope.vouchers().update(&[voucher]).await,
            scope.site_survey().scan().await,
            client.group(group).update(&format!("{name} again")).await,
            client.group(group).delete().await,
            client.accounts().accept_service_agreement().await,
            client.user(owner.into()).accept_service_agreement().await,
            scope.embed().delete().await,
        ];
        for (position, result) in done.into_iter().enumerate() {
            assert!(result.is_ok(), "{shape:?} {position}: {result:?}");
        }
        let edited = scope
            .settings()
            .edit(|settings| {
                let own = settings.network.get_or_insert_default();
                own.general.get_or_insert_default().notes = Some(name.clone());
            })
            .await
            .expect("edits");
        assert!(edited.ignored.is_empty(), "{shape:?}");
        simulator.with_world(|world| {
            let network = world.network(network).expect("is there");
            assert_eq!(network.node(node).expect("is there").name, name);
            assert_eq!(network.switch(switch).expect("is there").name, name);
            assert_eq!(network.vouchers[0].comment, name);
            assert_eq!(network.settings.0["network"]["general"]["notes"], name);
        });
    }
}

/// What only some answers tell is there when they do, and changes nothing else.
#[tokio::test]
async fn richer_answers_add_what_they_tell() {
    let simulator = start(world()).await;
    let client = builder(&simulator).build().expect("builds");
    let start = at_the_start_of_a_sample(&simulator);
    let plain = Everything::read(&client, &simulator).await;
    reset(&simulator, |settings| {
        settings.rich_node_lists = true;
        settings.serial_everywhere = true;
    });
    simulator.set_clock_ms(start);
    let rich = Everything::read(&client, &simulator).await;
    assert_eq!(plain.unlike(&rich), ["nodes", "switch", "strip"]);
    for (poor, node) in plain.nodes.iter().zip(&rich.nodes) {
        assert_eq!((&poor.serial_no, poor.active_clients), (&None, None));
        assert!(node.serial_no.is_some() && node.active_clients.is_some());
        let (poor, node) = (NetworkDevice::from(poor), NetworkDevice::from(node));
        assert_eq!((poor.id, poor.mac, poor.ips), (node.id, node.mac, node.ips));
    }
    assert!(
        plain
            .switch
            .iter()
            .all(|switch| switch.serial_no().is_none())
    );
    assert!(
        rich.switch
            .iter()
            .all(|switch| switch.serial_no().is_some())
    );
    assert!(plain.strip.iter().all(|strip| strip.serial_no.is_none()));
    assert!(rich.strip.iter().all(|strip| strip.serial_no.is_some()));
}

/// The second version calls the id otherwise and tells the group.
#[tokio::test]
async fn both_versions_list_the_same_networks() {
    let simulator = start(World::demo()).await;
    let one = builder(&simulator).build().expect("builds");
    let two = Family::ALL
        .into_iter()
        .fold(builder(&simulator), |builder, family| {
            let host = Host::new(simulator.networking_url());
            builder.host(family, host.api_version(Some(2)))
        });
    let two = two.build().expect("builds");
    let old = rows(one.networks().list().collect_all().await);
    let new = rows(two.networks().list().collect_all().await);
    assert_eq!(old.len(), new.len());
    for (old, mut new) in old.into_iter().zip(new) {
        assert!(new.networkgroup_id.is_some() && new.role_id.is_some());
        (new.networkgroup_id, new.networkgroup_name, new.role_id) = (None, None, None);
        assert_eq!(old, new);
    }
}
