//! SendMessage and SendMediaMessage: scripted trouble first, then the rules, the limit, and acceptance.

use super::answer::{Answer, Item};
use super::compose::{Composed, compose};
use super::{Delivery, NOT_OPTED_IN, Now, Refusal, account, details, phone};
use crate::crowd;
use crate::ledger::{Failure, Record, SendId};
use crate::options::FailureKind;
use crate::params::Params;
use crate::report::cause_code;
use crate::world::World;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

pub(super) fn send(world: &mut World, params: &Params, now: Now) -> (Answer, Delivery) {
    let recipients: Vec<&str> = params.text("send_to").split(',').map(str::trim).collect();
    let count = recipients.len() as u64;
    for _ in &recipients {
        world.counters.attempt(now.real, now.ms);
    }
    let reference = params.text("extra");
    world.ledger.requested(reference);

    let trouble = match account(world, params) {
        Ok(_) => trouble(world, params, &recipients),
        Err(_) => None,
    };
    let delivery = match &trouble {
        Some(FailureKind::Unavailable) => {
            world.counters.refuse("503", count);
            return (Answer::Unavailable, Delivery::Whole);
        }
        Some(FailureKind::Throttled) => return (throttle(world, count), Delivery::Whole),
        Some(FailureKind::BlockedIp) => return refuse_all(world, &Refusal::blocked_ip(), count),
        Some(FailureKind::Error(id)) => {
            return refuse_all(world, &Refusal(id.clone(), details(id).into()), count);
        }
        Some(FailureKind::AcceptedThen500) => Delivery::ServerError,
        Some(FailureKind::Hang) => Delivery::Hang,
        Some(FailureKind::Cut) => Delivery::Cut,
        Some(FailureKind::Garbage) => Delivery::Garbage,
        Some(FailureKind::Failed(_)) | None => Delivery::Whole,
    };

    let composed = match check(world, params).and_then(|kind| compose(world, params, kind)) {
        Ok(composed) => composed,
        Err(refusal) => return refuse_all(world, &refusal, count),
    };
    let checked: Vec<Result<u64, Refusal>> = recipients
        .iter()
        .map(|text| recipient(world, text, &composed))
        .collect();
    let good = checked.iter().filter(|r| r.is_ok()).count();
    if let Some(limit) = world.options.limit_per_second
        && good > 0
        && world.counters.accepted_in_window(now.real) + good > limit as usize
    {
        return (throttle(world, count), Delivery::Whole);
    }

    let forced = match trouble {
        Some(FailureKind::Failed(cause)) => Some(cause),
        _ => None,
    };
    let shared_reference = if good > 0 {
        Some(world.ledger.accepted(reference))
    } else {
        None
    };
    let mut items = Vec::with_capacity(checked.len());
    for (result, text) in checked.into_iter().zip(&recipients) {
        match (result, &shared_reference) {
            (Ok(to), Some(reference)) => {
                world.counters.accept(now.real, now.ms);
                if delivery != Delivery::Whole {
                    world.counters.stats.accepted_without_answer += 1;
                }
                let failure = failure(world, to, &composed, forced.as_deref(), now.ms);
                let id = SendId::draw(&mut world.rng, world.options.uuid_ids);
                let record = Record {
                    reference: reference.clone(),
                    id,
                    to,
                    accepted_ms: now.ms,
                    template: composed.template,
                    category: composed.category,
                    account: composed.account,
                    method: composed.method,
                    summary: composed.content.summary().into(),
                    happened: 0,
                    acknowledged: 0,
                    failure: failure.map(Box::new),
                };
                world.accept(record, composed.content.clone(), now.micros);
                items.push(Item::accepted(id.to_string(), to.to_string()));
            }
            (Ok(_), None) => {}
            (Err(refusal), _) => {
                world.counters.refuse(&refusal.0, 1);
                items.push(Item::refused(&refusal, text));
            }
        }
    }
    (Answer::Envelope(items), delivery)
}

fn check(world: &World, params: &Params) -> Result<crate::ledger::AccountKind, Refusal> {
    let kind = account(world, params)?;
    params.get("send_to").ok_or_else(|| Refusal::missing("send_to"))?;
    match params.get("channel") {
        Some(channel) if !channel.eq_ignore_ascii_case("WHATSAPP") => Err(Refusal::missing("channel")),
        _ => Ok(kind),
    }
}

/// What shall go wrong with this request: a script, a number's ending, or chance, in this order.
fn trouble(world: &mut World, params: &Params, recipients: &[&str]) -> Option<FailureKind> {
    if let Some(kind) = world.next_scripted(params.text("method")) {
        return Some(kind);
    }
    let suffix = world
        .options
        .fail_suffix
        .iter()
        .find(|(suffix, kind)| {
            // In a batch an ending concerns its own number, unless it concerns the whole request.
            let single = matches!(kind, FailureKind::Error(_) | FailureKind::Failed(_));
            (!single || recipients.len() == 1) && recipients.iter().any(|r| r.ends_with(suffix))
        })
        .map(|(_, kind)| kind.clone());
    if suffix.is_some() {
        return suffix;
    }
    let (unavailable, accepted, unknown, hang) = {
        let o = &world.options;
        (o.fail_503, o.fail_500_accepted, o.fail_100, o.hang)
    };
    let rng = &mut world.rng;
    if rng.chance(unavailable) {
        Some(FailureKind::Unavailable)
    } else if rng.chance(unknown) {
        Some(FailureKind::Error("100".into()))
    } else if rng.chance(accepted) {
        Some(FailureKind::AcceptedThen500)
    } else if rng.chance(hang) {
        Some(FailureKind::Hang)
    } else {
        None
    }
}

fn recipient(world: &World, text: &str, composed: &Composed) -> Result<u64, Refusal> {
    let number = phone(text)?;
    if let Some(FailureKind::Error(id)) = by_suffix(world, text) {
        return Err(Refusal(id.clone(), details(id).into()));
    }
    if !world.options.international && !number.to_string().starts_with("91") {
        return Err(Refusal("175".into(), details("175").into()));
    }
    if world.options.enforce_opt_in && !composed.session && world.opted.get(&number) != Some(&true) {
        return Err(Refusal(NOT_OPTED_IN.into(), details(NOT_OPTED_IN).into()));
    }
    Ok(number)
}

fn by_suffix<'a>(world: &'a World, number: &str) -> Option<&'a FailureKind> {
    world
        .options
        .fail_suffix
        .iter()
        .find(|(suffix, _)| number.ends_with(suffix))
        .map(|(_, kind)| kind)
}

/// Why an accepted message will fail.
fn failure(
    world: &World,
    to: u64,
    composed: &Composed,
    forced: Option<&str>,
    now_ms: i64,
) -> Option<Failure> {
    let by_number = to.to_string();
    let cause = forced.or_else(|| match by_suffix(world, &by_number) {
        Some(FailureKind::Failed(cause)) => Some(cause),
        _ => None,
    });
    if let Some(cause) = cause {
        let reason = format!("The simulator was told to fail this message with {cause}.");
        return Some(Failure {
            cause: cause.to_owned(),
            code: cause_code(cause),
            reason,
        });
    }
    if composed.failure.is_some() {
        return composed.failure.clone();
    }
    if crowd::is_out_of_reach(&world.options, to) {
        let cause = "UNKNOWN_SUBSCRIBER";
        return Some(Failure {
            cause: cause.into(),
            code: cause_code(cause),
            reason: "This person of a crowd is out of reach.".into(),
        });
    }
    let open = world.last_inbound.get(&to).is_some_and(|at| now_ms - at < DAY_MS);
    if composed.session && world.options.enforce_window && !open {
        return Some(Failure {
            cause: "OTHER".into(),
            code: "131047",
            reason: "The customer did not write in the last 24 hours, so only a template may be sent.".into(),
        });
    }
    None
}

fn throttle(world: &mut World, count: u64) -> Answer {
    world.counters.refuse("429", count);
    let details = match world.options.limit_per_second {
        Some(limit) => {
            format!(
                "Too many requests: the limit is {limit} per second. Please retry the request after some time"
            )
        }
        None => "Too many requests. Please retry the request after some time".into(),
    };
    Answer::Throttled(Refusal("100".into(), details))
}

fn refuse_all(world: &mut World, refusal: &Refusal, count: u64) -> (Answer, Delivery) {
    world.counters.refuse(&refusal.0, count);
    (
        Answer::Envelope(vec![Item::refused(refusal, "")]),
        Delivery::Whole,
    )
}
