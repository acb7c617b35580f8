//! Nobody writes over what somebody else changed meanwhile: a writer may say which version was read.

use super::AppError;
use super::audit::id_kind;
use crate::clock::Millis;
use crate::store::Tx;
use crate::store::audit::{Wanted, page};

/// Acts that are looked through for whoever changed a thing; tests and exports change nothing.
const LOOKED_AT: i64 = 20;

/// The next version of something that is changed now. It always rises, however many changes come in a millisecond and
/// wherever the clock goes.
pub fn next(before: Millis, now: Millis) -> Millis {
    now.max(before + 1)
}

/// Refuses a change of what is no longer as its writer has read it. `kind` is its word in actions, such as `campaign`.
pub async fn as_read(
    tx: &mut Tx,
    kind: &'static str,
    (id, name): (i64, &str),
    now_is: Millis,
    was_read: Option<Millis>,
) -> Result<(), AppError> {
    if was_read.is_none_or(|version| version == now_is) {
        return Ok(());
    }
    debug_assert!(id_kind(kind).is_some());
    let wanted = Wanted {
        before: i64::MAX,
        until: i64::MAX,
        object_type: kind.into(),
        object_id: id,
        ..Wanted::default()
    };
    let acts = page(tx, &wanted, LOOKED_AT).await?;
    let last = acts.into_iter().find(|act| act.changes != "[]");
    Err(AppError::ChangedMeanwhile {
        name: name.to_owned(),
        by: last.map(|act| act.actor_name),
        at: now_is,
    })
}

#[cfg(test)]
mod tests {
    use super::next;

    #[test]
    fn versions_rise_even_when_the_clock_does_not() {
        assert_eq!((next(5, 9), next(5, 5), next(5, 2)), (9, 6, 6));
    }
}
