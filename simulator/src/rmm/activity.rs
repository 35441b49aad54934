//! The activity log, which pages by a cursor and filters in its own way.

mod search;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::str::FromStr;

use serde_json::{Value, json};

use self::search::Search;
use super::Call;
use crate::calendar;
use crate::clock::millis;
use crate::server::{Answer, form_pairs};
use crate::world::{Activity, ActivityEntity};

/// Where an entry stands in the log.
type Place<'a> = (i64, &'a str);

fn place(activity: &Activity) -> Place<'_> {
    (activity.date_ms, &activity.id)
}

/// What a request asks for.
struct Query {
    size: usize,
    ascending: bool,
    from_ms: i64,
    until_ms: i64,
    entities: Vec<ActivityEntity>,
    categories: BTreeSet<String>,
    actions: BTreeSet<String>,
    sites: BTreeSet<i64>,
    users: BTreeSet<i64>,
    search: Option<Search>,
    cursor: Option<(i64, String)>,
    backwards: bool,
}

impl Query {
    fn read(call: &Call<'_>) -> Result<Self, Answer> {
        let settings = &call.state.settings.rmm;
        let now = call.state.clock.now_ms();
        let size = call.query("size", |text| text.parse().ok().filter(|size| *size > 0))?;
        let word = |name: &str, words: [&'static str; 2]| {
            call.query(name, |text| words.into_iter().find(|word| *word == text))
        };
        let entities = call
            .list::<String>("entities")?
            .iter()
            .map(|entity| match entity.as_str() {
                "device" => Ok(ActivityEntity::Device),
                "user" => Ok(ActivityEntity::User),
                _ => Err(call.error(400)),
            })
            .collect::<Result<Vec<_>, _>>()?;
        let cursor = match call.list::<String>("searchAfter")?.as_slice() {
            [] => None,
            [date, id] => {
                let date = date.parse().map_err(|_| call.error(400))?;
                Some((date, id.clone()))
            }
            _ => return Err(call.error(400)),
        };
        let oldest = now.saturating_sub(millis(settings.activity.retention));
        let default = now.saturating_sub(millis(settings.activity.default_range));
        let from = call.query("from", calendar::instant)?.unwrap_or(default);
        Ok(Self {
            size: size.unwrap_or(settings.page_size).min(settings.page_size),
            ascending: word("order", ["asc", "desc"])? == Some("asc"),
            from_ms: from.max(oldest),
            until_ms: call.query("until", calendar::instant)?.unwrap_or(now),
            entities,
            categories: call.list("categories")?.into_iter().collect(),
            actions: call.list("actions")?.into_iter().collect(),
            sites: call.list("siteIds")?.into_iter().collect(),
            users: call.list("userIds")?.into_iter().collect(),
            search: call.query("searchQuery", Search::parse)?,
            cursor,
            backwards: word("page", ["next", "previous"])? == Some("previous"),
        })
    }

    fn takes(&self, activity: &Activity) -> bool {
        fn any<T: Ord>(wanted: &BTreeSet<T>, value: Option<&T>) -> bool {
            wanted.is_empty() || value.is_some_and(|value| wanted.contains(value))
        }
        (self.from_ms..=self.until_ms).contains(&activity.date_ms)
            && (self.entities.is_empty() || self.entities.contains(&activity.entity))
            && any(&self.categories, Some(&activity.category))
            && any(&self.actions, Some(&activity.action))
            && any(&self.sites, activity.site.as_ref().map(|site| &site.id))
            && any(&self.users, activity.user.as_ref().map(|user| &user.id))
            && self
                .search
                .as_ref()
                .is_none_or(|search| search.finds(activity))
    }

    /// The page of `rows`, which are in order, and whether more come behind it.
    fn page<'a>(&self, rows: &'a [&'a Activity]) -> (&'a [&'a Activity], bool) {
        let cursor = self.cursor.as_ref().map(|(date, id)| (*date, id.as_str()));
        // Whether a row comes in order before the cursor, or is it.
        let is_before = |row: &&Activity, or_is: bool| {
            cursor.is_some_and(|cursor| match place(row).cmp(&cursor) {
                std::cmp::Ordering::Equal => or_is,
                order => order.is_lt() == self.ascending,
            })
        };
        let (start, end) = if self.backwards {
            let end = rows.partition_point(|row| is_before(row, false));
            (end.saturating_sub(self.size), end)
        } else {
            let start = rows.partition_point(|row| is_before(row, true));
            (start, start.saturating_add(self.size).min(rows.len()))
        };
        (&rows[start..end], end < rows.len())
    }
}

impl Call<'_> {
    /// The values of a list parameter, joined with commas or by repeating the key.
    fn list<T: FromStr>(&self, name: &str) -> Result<Vec<T>, Answer> {
        form_pairs(self.request.query.as_deref().unwrap_or_default())
            .filter(|(key, _)| key == name)
            .flat_map(|(_, values)| values.split(',').map(str::to_owned).collect::<Vec<_>>())
            .filter(|value| !value.is_empty())
            .map(|value| value.parse().map_err(|_| self.error(400)))
            .collect()
    }

    /// The address of the page before or after an entry.
    fn activity_link(&self, page: &str, (date, id): Place<'_>) -> String {
        let mut link = format!("{}{}?", self.link_origin(), self.request.path);
        let query = self.request.query.as_deref().unwrap_or_default();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let is_paging = form_pairs(pair).all(|(key, _)| key == "page" || key == "searchAfter");
            if !is_paging {
                link.push_str(pair);
                link.push('&');
            }
        }
        let joint = if self.state.settings.rmm.activity.repeat_cursor_key {
            "&searchAfter="
        } else {
            ","
        };
        // Writing to a text does not fail.
        let _ = write!(link, "searchAfter={date}{joint}{id}&page={page}");
        link
    }
}

fn wire(activity: &Activity) -> Value {
    // Seconds with a fraction, as the shortest number that reads back the same.
    let date: f64 = format!(
        "{}.{:03}",
        activity.date_ms.div_euclid(1000),
        activity.date_ms.rem_euclid(1000)
    )
    .parse()
    .unwrap_or_default();
    json!({
        "id": activity.id,
        "entity": match activity.entity {
            ActivityEntity::Device => "DEVICE",
            ActivityEntity::User => "USER",
        },
        "category": activity.category,
        "action": activity.action,
        "date": date,
        "site": activity.site.as_ref().map(|site| json!({"id": site.id, "name": site.name})),
        "deviceId": activity.device_id,
        "hostname": activity.hostname,
        "user": activity.user.as_ref().map(|user| json!({
            "id": user.id,
            "userName": user.username,
            "firstName": user.first_name,
            "lastName": user.last_name,
        })),
        "details": json!(activity.details).to_string(),
        "hasStdOut": activity.has_stdout,
        "hasStdErr": activity.has_stderr,
    })
}

/// `GET /api/v2/activity-logs`. Only administrators may ask for what users did; without asking,
/// others get what was done to devices.
pub(super) fn list(call: &mut Call<'_>) -> Result<Answer, Answer> {
    if let Some(error) = &call.state.settings.rmm.activity.error {
        return Ok(Answer::json(
            200,
            &json!({
                "pageDetails": {"count": 0, "prevPageUrl": null, "nextPageUrl": null},
                "activities": [],
                "error": error,
            }),
        ));
    }
    let mut query = Query::read(call)?;
    if !call.is_administrator() {
        if query.entities.contains(&ActivityEntity::User) {
            return Err(call.error(403));
        }
        query.entities = vec![ActivityEntity::Device];
    }
    let now = call.state.clock.now_ms();
    let scope = call.user().and_then(|user| user.sites.as_ref());
    let log = call.state.world.account.activity.iter();
    let mut rows: Vec<&Activity> = log
        .filter(|activity| activity.visible_from_ms <= now && query.takes(activity))
        .filter(|activity| {
            let site = activity.site.as_ref();
            scope.is_none_or(|scope| site.is_none_or(|site| scope.contains(&site.uid)))
        })
        .collect();
    rows.sort_by(|one, other| place(one).cmp(&place(other)));
    if !query.ascending {
        rows.reverse();
    }
    let (page, has_more) = query.page(&rows);
    let is_endless = call.state.settings.rmm.activity.endless_links;
    let next = page.last().filter(|_| has_more || is_endless);
    let previous = page.first().filter(|_| query.cursor.is_some());
    let mut items: Vec<_> = page.iter().map(|activity| wire(activity)).collect();
    call.tweaks.cut(&mut items);
    Ok(Answer::json(
        200,
        &json!({
            "pageDetails": {
                "count": items.len(),
                "prevPageUrl": previous.map(|row| call.activity_link("previous", place(row))),
                "nextPageUrl": next.map(|row| call.activity_link("next", place(row))),
            },
            "activities": items,
            "error": null,
        }),
    ))
}
