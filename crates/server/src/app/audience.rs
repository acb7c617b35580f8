//! The people of an audience, slice by slice, with all that decides about them. Counting, samples and sending read them
//! here, so that the number that was shown is the number that is sent.

use std::collections::{HashMap, HashSet};

use harkara_provider::TemplateMessage;
use serde_json::{Map, Value};

use super::frequency_cap::Cap;
use super::{AppError, FieldProblem};
use crate::domain::audience::{Audience, Exclusion, Person};
use crate::domain::control::Control;
use crate::domain::exclude::{Exclude, Known, Who};
use crate::domain::id::{CAMPAIGN, Kind, LIST};
use crate::domain::template::{Frozen, fill};
use crate::store::campaign::CampaignRow;
use crate::store::profile::{self, ProfileRow};
use crate::store::{self, Tx, ahead, audience, consent, from_json, list, to_json};

/// Who a campaign is for, with the ids that it names.
#[derive(Debug, Clone)]
pub struct Scope {
    who: Who,
    /// The lists whose people it is for; none: everybody's.
    pub lists: Vec<i64>,
    left_out: Vec<i64>,
    campaigns: Vec<i64>,
}

impl Scope {
    /// Reads the ids. One that is none is not passed over: a list that is left out would be written to.
    pub fn read(who: Who) -> Result<Self, AppError> {
        let ids = |kind: Kind, what, texts: &[String]| -> Result<Vec<i64>, AppError> {
            let read = |text: &String| kind.read(text).ok_or(AppError::NotFound(what));
            let mut ids: Vec<i64> = texts.iter().map(read).collect::<Result<_, _>>()?;
            ids.sort_unstable();
            ids.dedup();
            Ok(ids)
        };
        Ok(Self {
            lists: ids(LIST, "list", who.audience.list_ids())?,
            left_out: ids(LIST, "list", &who.exclude.list_ids)?,
            campaigns: ids(CAMPAIGN, "campaign", &who.exclude.campaign_ids)?,
            who,
        })
    }

    /// All lists that it names: those that it is for, and those that it leaves out.
    pub fn named_lists(&self) -> impl Iterator<Item = i64> {
        self.lists.iter().chain(&self.left_out).copied()
    }

    /// The cap as far as it is for this campaign.
    pub fn asks<'a>(&self, cap: Option<&'a Cap>) -> Option<&'a Cap> {
        cap.filter(|_| !self.who.ignores_cap)
    }

    /// The next people after a profile up to another, and which of them are over the cap.
    pub async fn next(
        &self,
        tx: &mut Tx,
        (after, upper): (i64, i64),
        limit: i64,
        cap: Option<&Cap>,
    ) -> Result<People, AppError> {
        let rows = profile::slice_of(tx, after, upper, &self.lists, limit).await?;
        self.know(tx, rows, cap).await
    }

    /// Those of these people who are still there, in this order.
    pub async fn these(&self, tx: &mut Tx, ids: &[i64], cap: Option<&Cap>) -> Result<People, AppError> {
        let mut rows = ahead::these(tx, ids, &self.lists).await?;
        let places: HashMap<i64, usize> = ids.iter().enumerate().map(|(place, id)| (*id, place)).collect();
        rows.sort_unstable_by_key(|row| places.get(&row.id));
        self.know(tx, rows, cap).await
    }

    async fn know(&self, tx: &mut Tx, rows: Vec<ProfileRow>, cap: Option<&Cap>) -> Result<People, AppError> {
        let phones: Vec<&str> = rows.iter().filter_map(|row| row.phone.as_deref()).collect();
        let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
        Ok(People {
            suppressed: consent::suppressed(tx, &phones).await?,
            on_list: audience::on_lists(tx, &self.left_out, &ids).await?,
            got: audience::got(tx, &self.campaigns, &phones).await?,
            over_cap: match self.asks(cap) {
                Some(cap) => cap.over(tx, self.who.campaign, &phones).await?,
                None => HashSet::new(),
            },
            rows,
        })
    }
}

/// People who were read together.
#[derive(Debug)]
pub struct People {
    /// In the order in which a campaign comes to them.
    pub rows: Vec<ProfileRow>,
    suppressed: HashSet<String>,
    on_list: HashSet<i64>,
    got: HashSet<String>,
    over_cap: HashSet<String>,
}

/// Somebody who gets it: what the ledger keeps, and what the person reads; nothing while nobody knows what it says.
pub type Gets = Option<(Vec<String>, TemplateMessage)>;

impl People {
    /// A person as conditions see them.
    pub fn person<'a>(&self, row: &'a ProfileRow, attributes: &'a Map<String, Value>) -> Person<'a> {
        Person {
            identity: &row.identity,
            phone: row.phone.as_deref(),
            name: row.name.as_deref(),
            opt_in: row.opt_in,
            suppressed: row.phone.as_ref().is_some_and(|p| self.suppressed.contains(p)),
            attributes,
        }
    }

    /// Does one of these people get it, and what would they read? `None`: not of the audience. Whoever sees several of them
    /// tells duplicates.
    pub fn judge(
        &self,
        scope: &Scope,
        row: &ProfileRow,
        person: &Person<'_>,
        frozen: Option<&Frozen>,
    ) -> Option<Result<Gets, Exclusion>> {
        let phone = row.phone.as_deref().unwrap_or_default();
        let known = Known {
            on_list: self.on_list.contains(&row.id),
            got_campaign: self.got.contains(phone),
            over_cap: self.over_cap.contains(phone),
        };
        let judged = scope.who.judge(person, known)?;
        Some(judged.and_then(|()| {
            let filled = frozen.map(|frozen| fill(frozen, &|name| person.text(name)));
            let gets = filled.transpose().map_err(|_| Exclusion::MissingValue)?;
            match scope.who.holds_out(phone) {
                true => Err(Exclusion::ControlGroup),
                false => Ok(gets),
            }
        }))
    }
}

/// Who a campaign is for.
pub fn who_of(row: &CampaignRow) -> Result<Who, AppError> {
    Ok(Who {
        control: Control::of_permille(row.control_permille),
        ignores_cap: row.ignores_cap == 1,
        campaign: row.id,
        ..who(&row.audience, row.exclude.as_deref())?
    })
}

/// The audience that is kept, and whom it leaves out by choice.
pub fn who(audience: &str, exclude: Option<&str>) -> Result<Who, AppError> {
    Ok(Who {
        exclude: exclude.map_or_else(|| Ok(Exclude::default()), |text| from_json("exclude", text))?,
        ..Who::from(from_json::<Audience>("audience", audience)?)
    })
}

/// As it is kept: nothing where nobody is left out on purpose.
pub fn kept(exclude: Option<&Exclude>) -> Option<String> {
    exclude.filter(|exclude| !exclude.is_empty()).map(to_json)
}

/// What is wrong with an audience, lists and campaigns that do not exist among it.
pub async fn problems(tx: &mut Tx, who: &Who) -> Result<Vec<FieldProblem>, AppError> {
    let mut problems = who.problems();
    if !problems.is_empty() {
        return Ok(problems);
    }
    let single = matches!(who.audience, Audience::List { .. });
    for (i, text) in who.audience.list_ids().iter().enumerate() {
        let pointer = match single {
            true => "/audience/list_id".to_owned(),
            false => format!("/audience/list_ids/{i}"),
        };
        problems.extend(missing_list(tx, text, pointer).await?);
    }
    for (i, text) in who.exclude.list_ids.iter().enumerate() {
        problems.extend(missing_list(tx, text, format!("/exclude/list_ids/{i}")).await?);
    }
    for (i, text) in who.exclude.campaign_ids.iter().enumerate() {
        let found = match CAMPAIGN.read(text) {
            Some(id) => store::campaign::by_id(tx, id).await?.is_some(),
            None => false,
        };
        if !found {
            let detail = "There is no campaign with this id. GET /api/v1/campaigns shows the campaigns.";
            let pointer = format!("/exclude/campaign_ids/{i}");
            problems.push(FieldProblem::new(pointer, "not_found", detail));
        }
    }
    Ok(problems)
}

async fn missing_list(tx: &mut Tx, text: &str, pointer: String) -> Result<Option<FieldProblem>, AppError> {
    let found = match LIST.read(text) {
        Some(id) => list::any_by_id(tx, id).await?,
        None => None,
    };
    let (code, detail) = match found {
        None => (
            "not_found",
            "There is no list with this id. GET /api/v1/lists shows the lists.",
        ),
        Some(row) if row.deleted_at.is_some() => (
            "list_deleted",
            "This list was deleted. Take the list back, or choose other people.",
        ),
        Some(_) => return Ok(None),
    };
    Ok(Some(FieldProblem::new(pointer, code, detail)))
}
