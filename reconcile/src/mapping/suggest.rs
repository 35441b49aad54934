//! Suggestions: everything that speaks for a pair, and whether one candidate stands out.

mod companies;
mod pair;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

pub(super) use self::companies::Companies;
use self::companies::{LEVELS, parts};
use super::{
    Candidate, Cardinality, Evidence, EvidenceKind, Mapping, Proposal, Suggestion, Tie, Vote,
};
use crate::identity::{EntityRef, NameLevel, OrganizationName};
use crate::inventory::Organization;
use crate::state::Decided;

/// How many candidates, or rivals, of one strength are listed.
const LISTED: usize = 25;

/// How many alike names are listed.
const ALIKE: usize = 5;

/// Likenesses that differ by no more than this, of 1000, are equally likely.
const CLOSE: u16 = 30;

/// What is known of one source organisation.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) evidence: BTreeMap<u32, Vec<Evidence>>,
    /// How many candidates of a sort are not listed.
    more: BTreeMap<EvidenceKind, usize>,
}

/// What stands in a source organisation's list, strongest first.
#[derive(Debug)]
struct Ranked<'a> {
    site: &'a Organization,
    top: Vec<Candidate>,
    more: usize,
    weaker: Vec<Candidate>,
    claim: Claim,
}

/// How good a claim is: the less, the better.
type Claim = (EvidenceKind, Reverse<u16>);

impl<'a> Mapping<'a> {
    /// What could belong together, one suggestion per source organisation that is open and has any, ordered by
    /// identity.
    ///
    /// `votes` are those of [`device_votes`](super::device_votes), or none. Evidence counts in the order of
    /// [`EvidenceKind`]. Names are only compared by parts and likeness where nothing stronger speaks, and under one to
    /// one only with companies that nothing stronger claims. What is mapped, ignored or kept separate is not
    /// suggested. Two organisations of one name are a [`Tie`], never the first of them.
    pub fn suggestions(&self, votes: &[Vote]) -> Vec<Suggestion> {
        let sites: Vec<_> = self.open_sites().collect();
        let companies = Companies::new(self.open_destinations().collect());
        let mut found: Vec<Found> = sites
            .iter()
            .map(|site| self.by_ids_and_names(site, &companies))
            .collect();
        self.by_links_and_votes(&sites, &companies, votes, &mut found);

        let strong = self.rank(&sites, &companies, found);
        let claimed: BTreeSet<EntityRef> = if self.policy.cardinality == Cardinality::OneToOne {
            strong
                .iter()
                .flat_map(|ranked| &ranked.top)
                .map(|top| top.destination.clone())
                .collect()
        } else {
            BTreeSet::new()
        };
        let settled: BTreeSet<&EntityRef> =
            strong.iter().map(|ranked| &ranked.site.entity).collect();
        let rest: Vec<_> = sites
            .iter()
            .copied()
            .filter(|site| !settled.contains(&site.entity))
            .collect();
        let found = rest
            .iter()
            .map(|site| self.by_likeness(site, &companies, &claimed))
            .collect();
        let weak = self.rank(&rest, &companies, found);

        let mut suggestions = self.suggest(strong);
        suggestions.extend(self.suggest(weak));
        suggestions.sort_by(|a, b| a.source().cmp(b.source()));
        suggestions
    }

    /// The decisions that the policy takes without asking, out of these suggestions.
    ///
    /// Only a candidate that stands out and has evidence of an accepted kind is taken, never a tie, never a pair that a
    /// person parted, and never against other evidence as good as an equal name. Each carries what it was taken on.
    pub fn automatic(&self, suggestions: &[Suggestion]) -> Vec<Decided> {
        let accepted = |suggestion: &Suggestion| {
            let Suggestion::One(proposal) = suggestion else {
                return None;
            };
            let contradicted = proposal
                .weaker
                .iter()
                .any(|other| other.strength() <= EvidenceKind::NormalizedName);
            // What speaks for it even more strongly is no reason against it.
            let mut evidence = proposal.candidate.evidence.iter();
            let accepted = evidence.any(|known| self.policy.accept.contains(&known.kind()));
            let taken = accepted && !contradicted && !proposal.candidate.parted;
            if !taken {
                return None;
            }
            let decided = self.check(&proposal.decision()).ok()?;
            let grounds = self.grounds(&decided.decision, std::slice::from_ref(suggestion));
            Some(decided.on(grounds))
        };
        suggestions.iter().filter_map(accepted).collect()
    }

    fn add(
        &self,
        site: &Organization,
        companies: &Companies<'a>,
        found: &mut Found,
        rows: impl ExactSizeIterator<Item = u32>,
        evidence: &Evidence,
    ) {
        let over = rows.len().saturating_sub(LISTED);
        if over > 0 {
            *found.more.entry(evidence.kind()).or_default() += over;
        }
        for row in rows.take(LISTED) {
            let Some(company) = companies.rows.get(row as usize) else {
                continue;
            };
            if !self.is_separate(&site.entity, &company.entity) {
                found
                    .evidence
                    .entry(row)
                    .or_default()
                    .push(evidence.clone());
            }
        }
    }

    pub(super) fn by_ids_and_names(&self, site: &Organization, companies: &Companies<'a>) -> Found {
        let mut found = Found::default();
        for id in &site.shared_ids {
            let rows = companies
                .by_id
                .get(id)
                .into_iter()
                .flatten()
                .copied()
                .collect::<Vec<_>>();
            self.add(
                site,
                companies,
                &mut found,
                rows.into_iter(),
                &Evidence::SharedId(id.clone()),
            );
        }
        if let Some(name) = OrganizationName::new(&site.name) {
            let mut stricter: &[u32] = &[];
            for level in LEVELS {
                let rows = companies.named(level, name.at(level));
                // A name that is equal at one level is equal at all that follow.
                let new: Vec<_> = rows
                    .iter()
                    .copied()
                    .filter(|row| stricter.binary_search(row).is_err())
                    .collect();
                self.add(
                    site,
                    companies,
                    &mut found,
                    new.into_iter(),
                    &Evidence::Name(level),
                );
                stricter = rows;
            }
        }
        found
    }

    fn by_links_and_votes(
        &self,
        sites: &[&'a Organization],
        companies: &Companies<'a>,
        votes: &[Vote],
        found: &mut [Found],
    ) {
        let rows: BTreeMap<&EntityRef, usize> = sites
            .iter()
            .enumerate()
            .map(|(row, site)| (&site.entity, row))
            .collect();
        let mut note = |site: &EntityRef, company: &EntityRef, evidence: Evidence| {
            if let (Some(at), Some(row)) = (rows.get(site), companies.by_entity.get(company)) {
                self.add(
                    sites[*at],
                    companies,
                    &mut found[*at],
                    std::iter::once(*row),
                    &evidence,
                );
            }
        };
        for pair in self.link_evidence() {
            let (package, name) = (pair.package.entity.clone(), pair.package.name.clone());
            note(
                pair.site,
                pair.company,
                Evidence::InstallationLink { package, name },
            );
        }
        for vote in votes
            .iter()
            .filter(|vote| self.policy.votes.carry(vote.count, vote.of))
        {
            note(
                &vote.source,
                &vote.destination,
                Evidence::Devices {
                    count: vote.count,
                    of: vote.of,
                },
            );
        }
    }

    pub(super) fn by_likeness(
        &self,
        site: &Organization,
        companies: &Companies<'a>,
        claimed: &BTreeSet<EntityRef>,
    ) -> Found {
        let mut found = Found::default();
        let Some(name) = OrganizationName::new(&site.name) else {
            return found;
        };
        let is_free = |row: &u32| {
            companies
                .rows
                .get(*row as usize)
                .is_some_and(|company| !claimed.contains(&company.entity))
        };
        let mut seen = BTreeSet::new();
        // A part of our name is their whole name, or the other way round. Equal parts of both would be too little.
        let ours = parts(&site.name);
        let by_our_parts = ours
            .iter()
            .map(|part| (part, companies.named(NameLevel::Normalized, part)));
        let whole = name.normalized().to_owned();
        let theirs = companies.by_part.get(&whole).map_or(&[][..], Vec::as_slice);
        for (part, rows) in by_our_parts.chain([(&whole, theirs)]) {
            let free: Vec<_> = rows
                .iter()
                .copied()
                .filter(is_free)
                .filter(|row| seen.insert(*row))
                .collect();
            self.add(
                site,
                companies,
                &mut found,
                free.into_iter(),
                &Evidence::Pattern(part.clone()),
            );
        }
        if !found.evidence.is_empty() {
            return found;
        }
        let mut alike: Vec<_> = companies
            .blocks
            .near(&name)
            .into_iter()
            .filter(is_free)
            .filter_map(|row| {
                Some((
                    row,
                    name.similarity(companies.names.get(row as usize)?.as_ref()?),
                ))
            })
            .filter(|(_, similarity)| similarity.per_mille >= self.policy.fuzzy_from)
            .collect();
        alike.sort_by_key(|(row, similarity)| (Reverse(similarity.per_mille), *row));
        for (row, similarity) in alike.into_iter().take(ALIKE) {
            self.add(
                site,
                companies,
                &mut found,
                std::iter::once(row),
                &Evidence::Fuzzy(similarity),
            );
        }
        found
    }

    /// Sorts what was found; source organisations without anything are left out.
    fn rank(
        &self,
        sites: &[&'a Organization],
        companies: &Companies<'a>,
        found: Vec<Found>,
    ) -> Vec<Ranked<'a>> {
        let mut ranked = Vec::new();
        for (site, found) in sites.iter().zip(found) {
            let mut candidates: Vec<Candidate> = Vec::new();
            for (row, evidence) in found.evidence {
                let Some(company) = companies.rows.get(row as usize) else {
                    continue;
                };
                candidates.push(Candidate {
                    destination: company.entity.clone(),
                    name: company.name.clone(),
                    parted: self.is_parted(&site.entity, &company.entity),
                    evidence: sorted(evidence),
                });
            }
            let kinds = |candidate: &Candidate| {
                candidate
                    .evidence
                    .iter()
                    .map(Evidence::kind)
                    .collect::<Vec<_>>()
            };
            candidates.sort_by(|a, b| {
                let key = |c: &Candidate| (c.strength(), Reverse(c.likeness()));
                // More evidence beside equal evidence comes first, but breaks no tie.
                key(a)
                    .cmp(&key(b))
                    .then_with(|| kinds(b).len().cmp(&kinds(a).len()))
                    .then_with(|| kinds(a).cmp(&kinds(b)))
                    .then_with(|| a.destination.cmp(&b.destination))
            });
            let Some(best) = candidates.first() else {
                continue;
            };
            let claim = (best.strength(), Reverse(best.likeness()));
            let more = found.more.get(&claim.0).copied().unwrap_or_default();
            let (top, weaker) = candidates.into_iter().partition(|candidate| {
                is_as_good((candidate.strength(), Reverse(candidate.likeness())), claim)
            });
            ranked.push(Ranked {
                site,
                top,
                more,
                weaker,
                claim,
            });
        }
        ranked
    }

    /// Makes suggestions of the lists: ties where candidates, or under one to one claims, are equally good.
    fn suggest(&self, ranked: Vec<Ranked<'a>>) -> Vec<Suggestion> {
        let mut claims: BTreeMap<EntityRef, Vec<(Claim, &'a EntityRef)>> = BTreeMap::new();
        if self.policy.cardinality == Cardinality::OneToOne {
            for ranked in &ranked {
                for top in &ranked.top {
                    let claim = (ranked.claim, &ranked.site.entity);
                    claims
                        .entry(top.destination.clone())
                        .or_default()
                        .push(claim);
                }
            }
            for claims in claims.values_mut() {
                claims.sort();
            }
        }
        let suggestion = |ranked: Ranked<'a>| {
            let mut rivals: Vec<&EntityRef> = ranked
                .top
                .iter()
                .filter_map(|top| claims.get(&top.destination))
                .flat_map(|claims| {
                    let others = claims
                        .iter()
                        .filter(|(_, site)| **site != ranked.site.entity);
                    others
                        .take_while(|(claim, _)| is_as_good(*claim, ranked.claim))
                        .take(LISTED)
                })
                .map(|(_, site)| *site)
                .collect();
            rivals.sort();
            rivals.dedup();
            rivals.truncate(LISTED);
            let (source, source_name) = (ranked.site.entity.clone(), ranked.site.name.clone());
            let mut top = ranked.top;
            if top.len() == 1
                && ranked.more == 0
                && rivals.is_empty()
                && let Some(candidate) = top.pop()
            {
                Suggestion::One(Proposal {
                    source,
                    source_name,
                    candidate,
                    weaker: ranked.weaker,
                })
            } else {
                Suggestion::Tie(Tie {
                    source,
                    source_name,
                    candidates: top,
                    more: ranked.more,
                    rivals: rivals.into_iter().cloned().collect(),
                    weaker: ranked.weaker,
                })
            }
        };
        ranked.into_iter().map(suggestion).collect()
    }
}

/// Evidence strongest first, each piece once.
pub(super) fn sorted(mut evidence: Vec<Evidence>) -> Vec<Evidence> {
    evidence.sort_by(|a, b| {
        (a.kind(), Reverse(a.likeness()), a.to_string()).cmp(&(
            b.kind(),
            Reverse(b.likeness()),
            b.to_string(),
        ))
    });
    evidence.dedup();
    evidence
}

/// Whether a claim is as good as another, or better. Likenesses that are close are equally good.
fn is_as_good(claim: Claim, other: Claim) -> bool {
    claim.0 < other.0 || (claim.0 == other.0 && claim.1.0.saturating_add(CLOSE) >= other.1.0)
}

#[cfg(test)]
mod tests;
