//! OPT_IN and OPT_OUT.

use super::answer::{Answer, Item};
use super::{Refusal, account, phone, refuse};
use crate::ledger::{AccountKind, SendId};
use crate::params::Params;
use crate::world::World;

pub(super) fn opt(world: &mut World, params: &Params, opt_in: bool) -> Answer {
    if let Err(refusal) = check(world, params) {
        return refuse(world, &refusal);
    }
    let numbers: Vec<&str> = params.text("phone_number").split(',').map(str::trim).collect();
    let items = numbers.iter().map(|number| mark(world, number, opt_in)).collect();
    Answer::Envelope(items)
}

fn check(world: &World, params: &Params) -> Result<(), Refusal> {
    if account(world, params)? == AccountKind::TwoWay {
        return Err(Refusal::unsupported(params.text("method")));
    }
    if !params.text("channel").eq_ignore_ascii_case("WHATSAPP") {
        return Err(Refusal::missing("channel"));
    }
    params
        .get("phone_number")
        .map(|_| ())
        .ok_or_else(|| Refusal::missing("phone_number"))
}

fn mark(world: &mut World, text: &str, opt_in: bool) -> Item {
    let number = match phone(text) {
        Ok(number) => number,
        Err(refusal) => {
            *world
                .counters
                .stats
                .refusals
                .entry(refusal.0.clone())
                .or_default() += 1;
            return Item::refused(&refusal, text);
        }
    };
    if world.opted.insert(number, opt_in) == Some(opt_in) {
        let word = if opt_in { "Opt-in" } else { "Opt-out" };
        let details = format!("The phone number has already been marked as {word}");
        return Item::refused(&Refusal("322".into(), details), text);
    }
    let uuid = world.options.uuid_ids;
    Item::accepted(SendId::draw(&mut world.rng, uuid).to_string(), number.to_string())
}
