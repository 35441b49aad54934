//! Longer texts of `--help`.

/// Below the list of the commands.
pub(crate) const BEFORE: &str = "\
Credentials come from the environment, from a file, or from a prompt, never from the command line:
  DATTO_RMM_URL  DATTO_RMM_KEY  DATTO_RMM_SECRET  GRAVITYZONE_URL  GRAVITYZONE_KEY

The way through: preflight, adopt (an estate that is linked already) or suggest, associate, plan, apply; then sync
from cron or the Task Scheduler, or watch, and events, resolve; and deploy, if agents are to be installed from here. Without a command a story is told against simulators.

Exit codes:
  0  done, nothing waits for a person
  1  any other error, or stopped by Ctrl-C
  2  arguments, credentials file or policy cannot be used as given, or name something that is not there
  3  events wait for an answer (events, plan, apply, sync, watch)
  4  steps were held back or refused (plan, apply, sync, watch), or agents are missing for a reason (deploy)
  5  a vendor refused the credentials
  6  another process writes the store";

/// Of the option `--policy`.
pub(crate) const POLICY: &str = "\
    A JSON file of what the MSP wants; its keys, all optional: subscription, modules, default_parent, package_prefix, \
    variable, remove_competitors, many_sites_to_one_company, delete_packages, deletions, vanishing, \
    minutes, requests. docs/deploy.md says what is in each, with an example";

/// Below the options of `import`.
pub(crate) const CSV: &str = "\
A file is what `export` writes: a row for each site, and of its cells these are edited:
  company_id  the company that the site belongs to; clear company_name beside it, or give the new one's
  new_name    the name of a company to be made
  decision    blank follows the two cells above; or say what is meant:
    associate    with the company of company_id
    new          with a new company of new_name
    ignore       the site is not to be mapped
    dissociate   the site belongs to no company any more
    keep         leave the site as it is, whatever was cleared

Clearing a cell drops no association: only `dissociate` does. A row that is left out leaves its site as it is.";

/// Below those of `watch` and `notify`.
pub(crate) const WEBHOOK: &str = "\
A webhook is set in the environment, by both of these:
  COMPANION_WEBHOOK_URL     an https:// address, or an http:// address of this machine
  COMPANION_WEBHOOK_SECRET  a shared secret of at least 16 characters, by which each notice is signed

docs/deploy.md says what is posted, and how a receiver knows that it is genuine.";

/// Below those of `deploy`.
pub(crate) const DEPLOYED: &str = "\
Devices are Windows computers of the RMM that are no endpoint of the site's company in GravityZone. Nothing is started
where the variable is not in place, or where either listing could not be read whole. One job is started for each device;
jobs run under the right of the RMM's agent and cannot be taken back from here.";
