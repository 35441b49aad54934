//! Device filters: listing them, and what naming one in a listing of devices leads to.

use serde_json::json;

use super::Call;
use crate::server::Answer;
use crate::world::{Filter, FilterScope, Site};

fn page(call: &Call<'_>, is_listed: impl Fn(&FilterScope) -> bool) -> Result<Answer, Answer> {
    let filters = call.state.world.account.filters.iter();
    let rows: Vec<_> = filters.filter(|filter| is_listed(&filter.scope)).collect();
    call.page("filters", &rows, |filter| {
        json!({
            "id": filter.id,
            "name": filter.name,
            "description": filter.description,
            "type": match filter.scope {
                FilterScope::Default => "rmm_default",
                FilterScope::Custom => "custom",
                FilterScope::Site(_) => "site",
            },
            "dateCreate": filter.created_ms,
            "lastUpdated": filter.updated_ms,
        })
    })
}

/// `GET /api/v2/filter/default-filters`
pub(super) fn list_default(call: &mut Call<'_>) -> Result<Answer, Answer> {
    page(call, |scope| *scope == FilterScope::Default)
}

/// `GET /api/v2/filter/custom-filters`
pub(super) fn list_custom(call: &mut Call<'_>) -> Result<Answer, Answer> {
    page(call, |scope| *scope == FilterScope::Custom)
}

/// `GET /api/v2/site/{siteUid}/filters`
pub(super) fn list_site(call: &mut Call<'_>) -> Result<Answer, Answer> {
    let own = FilterScope::Site(call.site()?.uid.clone());
    page(call, |scope| *scope == own)
}

/// The filter that `filterId` names, if it works here: in the account, or in one site; else 404.
pub(super) fn named<'a>(
    call: &'a Call<'_>,
    site: Option<&Site>,
) -> Result<Option<&'a Filter>, Answer> {
    let Some(id) = call.query("filterId", |text| text.parse::<i64>().ok())? else {
        return Ok(None);
    };
    let works = |scope: &FilterScope| match scope {
        FilterScope::Site(uid) => site.is_some_and(|site| site.uid == *uid),
        _ => true,
    };
    let mut filters = call.state.world.account.filters.iter();
    filters
        .find(|filter| filter.id == id && works(&filter.scope))
        .map(Some)
        .ok_or_else(|| call.error(404))
}
