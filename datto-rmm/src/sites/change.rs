//! Creating and updating sites.

use client_core::Call;
use serde::Serialize;

use super::{CREATE, ProxySettings, Site, SiteUid, UPDATE};

/// The longest name that the vendor's own user interface takes, in characters.
const LONGEST_NAME: usize = 255;

/// A site to be created by [`Sites::create`](super::Sites::create).
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewSite {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notes: Option<String>,
    // What the vendor makes of an absent type is not documented, so it is always said.
    on_demand: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    splashtop_auto_install: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    proxy_settings: Option<ProxySettings>,
}

impl NewSite {
    fn new(name: impl Into<String>, on_demand: bool) -> Self {
        let (name, description, notes) = (name.into(), None, None);
        Self {
            name,
            description,
            notes,
            on_demand,
            splashtop_auto_install: None,
            proxy_settings: None,
        }
    }

    /// A Managed site.
    #[must_use]
    pub fn managed(name: impl Into<String>) -> Self {
        Self::new(name, false)
    }

    /// An `OnDemand` site: its devices are served only when their users ask for it.
    #[must_use]
    pub fn on_demand(name: impl Into<String>) -> Self {
        Self::new(name, true)
    }

    /// Sets the description.
    #[must_use]
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.description = Some(text.into());
        self
    }

    /// Sets the notes.
    #[must_use]
    pub fn notes(mut self, text: impl Into<String>) -> Self {
        self.notes = Some(text.into());
        self
    }

    /// Sets whether Splashtop is installed without being asked for.
    #[must_use]
    pub fn splashtop_auto_install(mut self, install: bool) -> Self {
        self.splashtop_auto_install = Some(install);
        self
    }

    /// Sets the proxy of the agents that will be installed.
    #[must_use]
    pub fn proxy_settings(mut self, proxy: ProxySettings) -> Self {
        self.proxy_settings = Some(proxy);
        self
    }

    pub(super) fn call(&self) -> Call<Site> {
        let call = checked(Call::new(&CREATE, []).json(self), Some(&self.name));
        match &self.proxy_settings {
            Some(proxy) => proxy.checked(call),
            None => call,
        }
    }
}

/// All fields of a site that an update writes, made from the site as it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteUpdate {
    uid: SiteUid,
    name: Option<String>,
    description: Option<String>,
    notes: Option<String>,
    on_demand: Option<bool>,
    splashtop_auto_install: Option<bool>,
    is_pseudo: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'u> {
    name: Option<&'u str>,
    description: Option<&'u str>,
    notes: Option<&'u str>,
    on_demand: Option<bool>,
    splashtop_auto_install: Option<bool>,
}

impl SiteUpdate {
    /// An update that leaves everything as it is.
    #[must_use]
    pub fn of(site: &Site) -> Self {
        Self {
            uid: site.uid.clone(),
            name: site.name.clone(),
            description: site.description.clone(),
            notes: site.notes.clone(),
            on_demand: site.on_demand,
            splashtop_auto_install: site.splashtop_auto_install,
            is_pseudo: site.is_pseudo(),
        }
    }

    /// Sets the name.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets the description; empty text clears it.
    #[must_use]
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.description = Some(text.into());
        self
    }

    /// Sets the notes; empty text clears them.
    #[must_use]
    pub fn notes(mut self, text: impl Into<String>) -> Self {
        self.notes = Some(text.into());
        self
    }

    /// Sets whether Splashtop is installed without being asked for.
    #[must_use]
    pub fn splashtop_auto_install(mut self, install: bool) -> Self {
        self.splashtop_auto_install = Some(install);
        self
    }

    /// Makes it an `OnDemand` site, with all its devices: no patching, no policies, no monitors and no jobs any more, and
    /// they count as offline until their users ask for support.
    #[must_use]
    pub fn turn_on_demand(mut self) -> Self {
        self.on_demand = Some(true);
        self
    }

    /// Makes it a Managed site. Each device follows only when its agent checks in again.
    #[must_use]
    pub fn turn_managed(mut self) -> Self {
        self.on_demand = Some(false);
        self
    }

    pub(super) fn call(&self) -> Call<Site> {
        let body = Body {
            name: self.name.as_deref(),
            description: self.description.as_deref(),
            notes: self.notes.as_deref(),
            on_demand: self.on_demand,
            splashtop_auto_install: self.splashtop_auto_install,
        };
        checked(
            Call::new(&UPDATE, [self.uid.as_str()]).json(&body),
            self.name.as_deref(),
        )
        .refuse_if(
            self.on_demand.is_none(),
            "the site was read without its type, and writing none could change it",
        )
        .refuse_if(
            self.is_pseudo,
            "the place of deleted devices is no site and cannot be updated",
        )
    }
}

fn checked(call: Call<Site>, name: Option<&str>) -> Call<Site> {
    let name = name.unwrap_or_default();
    call.refuse_if(name.trim().is_empty(), "a site needs a name")
        .refuse_if(
            name.chars().count() > LONGEST_NAME,
            "a site's name has at most 255 characters",
        )
}

#[cfg(test)]
mod tests {
    use client_core::{ErrorKind, SecretString};
    use serde_json::json;

    use super::{NewSite, SiteUpdate};
    use crate::sites::{ProxySettings, ProxyType, Site};

    fn site(on_demand: Option<bool>) -> Site {
        serde_json::from_value(json!({
            "uid": "00000000-0000-4000-8000-000000000001", "name": "Acme", "description": "old", "notes": null,
            "onDemand": on_demand, "splashtopAutoInstall": null,
        }))
        .unwrap()
    }

    #[test]
    fn an_update_writes_all_five_fields() {
        let call = SiteUpdate::of(&site(Some(false))).notes("new").call();
        call.check().unwrap();
        assert_eq!(
            call.request().json().unwrap(),
            json!({"name": "Acme", "description": "old", "notes": "new", "onDemand": false, "splashtopAutoInstall": null})
        );
        assert_eq!(
            call.target(),
            "/v2/site/00000000-0000-4000-8000-000000000001"
        );
    }

    #[test]
    fn the_type_changes_only_when_it_is_asked_for() {
        let on_demand =
            |update: SiteUpdate| update.call().request().json().unwrap()["onDemand"].clone();
        assert_eq!(
            on_demand(SiteUpdate::of(&site(Some(true))).name("x")),
            json!(true)
        );
        assert_eq!(
            on_demand(SiteUpdate::of(&site(Some(true))).turn_managed()),
            json!(false)
        );
        assert_eq!(
            on_demand(SiteUpdate::of(&site(Some(false))).turn_on_demand()),
            json!(true)
        );
        let unknown = SiteUpdate::of(&site(None)).call().check().unwrap_err();
        assert_eq!(unknown.kind(), ErrorKind::InvalidInput);
        assert!(
            SiteUpdate::of(&site(None))
                .turn_managed()
                .call()
                .check()
                .is_ok()
        );
    }

    #[test]
    fn names_are_checked_before_sending() {
        let long = "ü".repeat(256);
        for name in ["", "  ", long.as_str()] {
            assert!(NewSite::managed(name).call().check().is_err());
            assert!(
                SiteUpdate::of(&site(Some(false)))
                    .name(name)
                    .call()
                    .check()
                    .is_err()
            );
        }
        assert!(NewSite::managed("ü".repeat(255)).call().check().is_ok());
        let pseudo: Site = serde_json::from_value(
            json!({"uid": "deleted", "name": "Deleted Devices", "onDemand": false}),
        )
        .unwrap();
        assert!(SiteUpdate::of(&pseudo).call().check().is_err());
    }

    #[test]
    fn a_new_site_sends_what_was_set() {
        let proxy = ProxySettings::new(ProxyType::Socks5, "proxy.example.com", 1080)
            .credentials("user", SecretString::from("CANARY"));
        let site = NewSite::on_demand("Acme")
            .splashtop_auto_install(false)
            .proxy_settings(proxy);
        assert_eq!(
            site.call().request().json().unwrap(),
            json!({
                "name": "Acme", "onDemand": true, "splashtopAutoInstall": false,
                "proxySettings": {
                    "host": "proxy.example.com", "password": "CANARY", "port": 1080, "type": "socks5", "username": "user",
                },
            })
        );
        assert!(!format!("{site:?}").contains("CANARY"));
        let half =
            NewSite::managed("A").proxy_settings(ProxySettings::new(ProxyType::Http, "p", 0));
        assert!(half.call().check().is_err(), "half a proxy");
        assert_eq!(
            NewSite::managed("A").call().request().json().unwrap(),
            json!({"name": "A", "onDemand": false})
        );
    }
}
