//! Opting out and in holds for the number, across profiles.

use harkara::app::consent::{opt_in, opt_out};
use harkara::store::profile::{OPTED_IN, OPTED_OUT, ProfileRow, by_phone, insert};
use harkara::store::{self, Tx};

use crate::support::{START, TestApp, on_both_engines, suppression};

pub const ASHA: &str = "+919999900001";
pub const RAVI: &str = "+919999900002";

/// Adds a profile that is opted in.
pub async fn add(t: &TestApp, tx: &mut Tx, identity: &str, phone: &str) -> i64 {
    let row = ProfileRow {
        id: t.app.id(),
        identity: identity.into(),
        phone: Some(phone.into()),
        name: None,
        attributes: "{}".into(),
        opt_in: OPTED_IN,
        opt_source: Some("form".into()),
        opt_at: Some(START),
        created_at: START,
        updated_at: START,
    };
    insert(tx, &row).await.unwrap();
    row.id
}

on_both_engines! {
    async fn an_opt_out_holds_for_every_profile_of_the_number_and_only_for_it(t) {
        let mut tx = t.app.db.write().await.unwrap();
        add(&t, &mut tx, "a", ASHA).await;
        add(&t, &mut tx, "b", ASHA).await;
        add(&t, &mut tx, "c", RAVI).await;
        assert!(opt_out(&t.app, &mut tx, ASHA, "message", Some("STOP"), START + 5).await.unwrap());
        let asha = by_phone(&mut tx, ASHA).await.unwrap();
        assert_eq!(asha.len(), 2);
        assert!(asha.iter().all(|p| p.opt_in == OPTED_OUT && p.opt_at == Some(START + 5)));
        assert_eq!(by_phone(&mut tx, RAVI).await.unwrap()[0].opt_in, OPTED_IN);
        let suppressed = store::consent::suppressed(&mut tx, &[ASHA, RAVI]).await.unwrap();
        assert!(suppressed.contains(ASHA) && !suppressed.contains(RAVI));
    }

    async fn repeating_an_act_changes_nothing_and_keeps_the_first_reason(t) {
        let mut tx = t.app.db.write().await.unwrap();
        add(&t, &mut tx, "a", ASHA).await;
        assert!(opt_out(&t.app, &mut tx, ASHA, "message", Some("STOP"), START + 5).await.unwrap());
        assert!(!opt_out(&t.app, &mut tx, ASHA, "provider", None, START + 9).await.unwrap());
        let profile = by_phone(&mut tx, ASHA).await.unwrap().remove(0);
        assert_eq!((profile.opt_source.as_deref(), profile.opt_at), (Some("message"), Some(START + 5)));
        assert!(opt_in(&t.app, &mut tx, ASHA, "message", Some("START"), START + 20).await.unwrap());
        assert!(!opt_in(&t.app, &mut tx, ASHA, "message", Some("START"), START + 30).await.unwrap());
        assert!(store::consent::suppressed(&mut tx, &[ASHA]).await.unwrap().is_empty());
        let profile = by_phone(&mut tx, ASHA).await.unwrap().remove(0);
        assert_eq!((profile.opt_in, profile.opt_at), (OPTED_IN, Some(START + 20)));
        let history = store::consent::history(&mut tx, &profile, i64::MAX, 10).await.unwrap();
        let actions: Vec<_> = history.iter().map(|h| (h.action, h.detail.as_deref(), h.at)).collect();
        assert_eq!(actions, [(OPTED_IN, Some("START"), START + 20), (OPTED_OUT, Some("STOP"), START + 5)]);
    }

    async fn an_opt_out_also_reaches_a_profile_that_came_to_the_number_later(t) {
        let mut tx = t.app.db.write().await.unwrap();
        assert!(opt_out(&t.app, &mut tx, ASHA, "message", None, START).await.unwrap());
        add(&t, &mut tx, "late", ASHA).await;
        assert!(opt_out(&t.app, &mut tx, ASHA, "message", None, START + 1).await.unwrap());
        assert_eq!(by_phone(&mut tx, ASHA).await.unwrap()[0].opt_in, OPTED_OUT);
    }

    async fn an_unknown_number_can_opt_out_before_it_has_a_profile(t) {
        let mut tx = t.app.db.write().await.unwrap();
        assert!(opt_out(&t.app, &mut tx, ASHA, "message", None, START).await.unwrap());
        assert_eq!(suppression(&mut tx, ASHA).await.unwrap().source, "message");
    }

    async fn a_slice_is_cut_by_id_and_by_list(t) {
        let mut tx = t.app.db.write().await.unwrap();
        let mut ids = Vec::new();
        for n in 0..6 {
            ids.push(add(&t, &mut tx, &format!("p{n}"), &format!("+9199999000{n:02}")).await);
        }
        let list = store::list::find_or_add(&mut tx, t.app.id(), "Diwali", START).await.unwrap();
        assert_eq!(store::list::find_or_add(&mut tx, t.app.id(), "Diwali", START).await.unwrap(), list);
        store::list::add(&mut tx, list, &[ids[1], ids[3], ids[5]]).await.unwrap();
        store::list::add(&mut tx, list, &[ids[3]]).await.unwrap();
        assert_eq!(store::list::size(&mut tx, list).await.unwrap(), 3);
        let upper = store::profile::max_id(&mut tx).await.unwrap();
        assert_eq!(upper, ids[5]);
        let of = async |tx: &mut Tx, after, upper, list, limit| -> Vec<i64> {
            store::profile::slice(tx, after, upper, list, limit).await.unwrap().iter().map(|p| p.id).collect()
        };
        assert_eq!(of(&mut tx, 0, upper, None, 2).await, ids[..2]);
        assert_eq!(of(&mut tx, ids[1], ids[4], None, 100).await, ids[2..=4]);
        assert_eq!(of(&mut tx, ids[1], upper, Some(list), 100).await, [ids[3], ids[5]]);
        assert_eq!(of(&mut tx, 0, ids[4], Some(list), 100).await, [ids[1], ids[3]]);
    }
}
