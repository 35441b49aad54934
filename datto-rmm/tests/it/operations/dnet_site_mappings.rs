//! Sites and networks of Datto Networking.

use super::Case;
use crate::support::{json, line};

pub(super) async fn dnet_site_mappings(case: &Case) {
    let body = r#"{"pageDetails":{"count":4,"totalCount":4,"prevPageUrl":null,"nextPageUrl":null},"dnetSiteMappings":[
        {"id":3,"uid":"s-1","accountUid":"abc123","name":"Acme","description":null,"dattoNetworkingNetworkIds":[900,901],
        "portalUrl":"https://merlot.centrastage.net/csm/site/3"},{"id":4,"uid":"s-2","dattoNetworkingNetworkIds":null},
        {"id":5,"uid":"s-3","dattoNetworkingNetworkIds":[]},{"id":6,"uid":"s-4"}]}"#;
    case.wire
        .answer(
            line("GET", "/api/v2/account/dnet-site-mappings?max=250&page=0"),
            1,
            json(200, body),
        )
        .await;
    let mappings = case
        .client
        .account()
        .dnet_site_mappings()
        .collect_all()
        .await
        .unwrap()
        .into_inner();
    assert_eq!(mappings[0].network_ids, [900, 901]);
    assert!(
        mappings[1..]
            .iter()
            .all(|mapping| mapping.network_ids.is_empty())
    );
}
