//! Credentials: more of them, fewer rights, none at all.

use crate::keys::{DEFAULT_APIS, GravityZoneKey, NetworkingKeyKind};
use crate::simulator::Simulator;
use crate::world::{SecurityLevel, Unknown};

impl Simulator {
    /// Another administrator's key pair of the same RMM tenant: key and secret.
    pub fn add_rmm_key(&self) -> (String, String) {
        let number = self.lock().keys.rmm.len() + 1;
        self.add_rmm_user(
            &format!("administrator.{number}"),
            SecurityLevel::Administrator,
        )
    }

    /// Another user of the same RMM tenant, with a key pair: key and secret.
    pub fn add_rmm_user(&self, username: &str, level: SecurityLevel) -> (String, String) {
        let mut state = self.lock();
        let position = state.keys.rmm.len();
        state.world.now_ms = state.clock.now_ms();
        state.world.add_user(username, level);
        if let Some(user) = state.world.account.users.last_mut() {
            user.key = Some(position);
        }
        state.keys.add_rmm()
    }

    /// The name of the user whose key pair [`Simulator::rmm_key`] tells.
    ///
    /// # Errors
    ///
    /// When the world was changed so that there is none.
    pub fn rmm_user(&self) -> Result<String, Unknown> {
        self.with_world(|world| world.user_of_key(0).map(|user| user.username.clone()))
            .ok_or_else(|| Unknown::new("user", "of the first key pair"))
    }

    /// Gives a user of the RMM another security level, which holds from the next request on.
    ///
    /// # Errors
    ///
    /// When there is no such user.
    pub fn set_user_level(&self, username: &str, level: SecurityLevel) -> Result<(), Unknown> {
        self.with_world_mut(|world| world.user_mut(username).map(|user| user.level = level))
    }

    /// Lets a user of the RMM see only these sites, by uid; none shows all again. Listings get
    /// shorter without a word, and what is named and out of sight is refused with 403.
    ///
    /// # Errors
    ///
    /// When there is no such user or site.
    pub fn restrict_user(&self, username: &str, sites: Option<&[String]>) -> Result<(), Unknown> {
        self.with_world_mut(|world| {
            for site in sites.unwrap_or_default() {
                world.site_mut(site)?;
            }
            let user = world.user_mut(username)?;
            user.sites = sites.map(|sites| sites.iter().cloned().collect());
            Ok(())
        })
    }

    /// Another GravityZone key, of the root company, for these APIs.
    pub fn add_gravityzone_key<'a>(&self, apis: impl IntoIterator<Item = &'a str>) -> String {
        let mut state = self.lock();
        let (root, now) = (state.world.root.clone(), state.clock.now_ms());
        state
            .keys
            .add_gravityzone(&root, apis.into_iter().map(str::to_owned).collect(), now)
    }

    fn change_gravityzone_key(&self, change: impl FnOnce(&mut GravityZoneKey)) {
        change(&mut self.lock().keys.gravityzone[0]);
    }

    /// Takes an API, such as `packages`, away from the first GravityZone key.
    pub fn remove_gravityzone_api(&self, api: &str) {
        self.change_gravityzone_key(|key| {
            key.apis
                .retain(|enabled| !enabled.eq_ignore_ascii_case(api));
        });
    }

    /// Adds an API to the first GravityZone key.
    pub fn add_gravityzone_api(&self, api: &str) {
        self.change_gravityzone_key(|key| {
            key.apis.insert(api.to_owned());
        });
    }

    /// Lets the first GravityZone key see, of its tree, only a company or folder with what lies
    /// below, and the way there; its own company stays in sight. None lifts that.
    ///
    /// # Errors
    ///
    /// When there is no such company or folder.
    pub fn restrict_gravityzone_key(&self, target: Option<&str>) -> Result<(), Unknown> {
        if let Some(id) = target.filter(|id| !self.with_world(|world| world.in_tree(id))) {
            return Err(Unknown::new("company or folder", id));
        }
        self.change_gravityzone_key(|key| key.target = target.map(str::to_owned));
        Ok(())
    }

    /// Makes the first GravityZone key one of another company, which becomes its root.
    ///
    /// # Errors
    ///
    /// When there is no such company.
    pub fn rehome_gravityzone_key(&self, company: &str) -> Result<(), Unknown> {
        self.with_world_mut(|world| world.company_mut(company).map(drop))?;
        self.change_gravityzone_key(|key| company.clone_into(&mut key.company));
        Ok(())
    }

    /// Ends the first GravityZone key.
    pub fn revoke_gravityzone_key(&self) {
        self.change_gravityzone_key(|key| key.revoked = true);
    }

    /// Ends the first key pair of the RMM with the tokens made from it.
    pub fn revoke_rmm_key(&self) {
        self.lock().keys.rmm[0].revoked = true;
    }

    /// Makes all keys good again, with the rights that they had at the start. Tokens that were not
    /// expired are good again too.
    pub fn restore_keys(&self) {
        let mut state = self.lock();
        let root = state.world.root.clone();
        let keys = &mut state.keys;
        for pair in &mut keys.rmm {
            pair.revoked = false;
        }
        for pair in &mut keys.networking {
            pair.revoked = false;
        }
        if let Some(first) = keys.networking.first_mut() {
            first.kind = NetworkingKeyKind::Account;
            (first.read_only, first.expires_ms) = (false, None);
        }
        for key in &mut keys.gravityzone {
            key.revoked = false;
            key.target = None;
            root.clone_into(&mut key.company);
            key.apis = DEFAULT_APIS.map(str::to_owned).into();
        }
    }

    /// Ends every token of the RMM; the keys stay good.
    pub fn expire_tokens(&self) {
        self.lock().rmm.tokens.clear();
    }
}
