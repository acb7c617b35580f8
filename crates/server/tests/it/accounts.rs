//! Accounts and their numbers.

use harkara::store::Tx;
use harkara::store::account::{self, AccountRow};
use harkara::store::campaign::{self, CampaignRow};
use harkara::store::number::{self, NumberRow};

use crate::support::{START, on_both_engines};

fn row(id: i64, nickname: &str) -> AccountRow {
    AccountRow {
        id,
        token: format!("token-{id}"),
        provider: "gupshup-enterprise".into(),
        nickname: nickname.into(),
        settings: "{}".into(),
        secrets: "{}".into(),
        state: account::ACTIVE,
        held_reason: None,
        held_at: None,
        requests_per_second: 20,
        auto_reply: 0,
        auto_reply_text: String::new(),
        auto_reply_rules: None,
        last_inbound_at: None,
        last_report_at: None,
        created_at: START,
        updated_at: START,
    }
}

fn running(account_id: i64, number_id: i64) -> CampaignRow {
    CampaignRow {
        id: 1,
        name: "Diwali".into(),
        account_id,
        number_id,
        template_id: 1,
        audience: "{}".into(),
        mapping: "{}".into(),
        frozen: None,
        state: harkara::domain::campaign::RUNNING,
        messages_per_second: None,
        starts_local: None,
        starts_zone: None,
        exclude: None,
        control_permille: 0,
        ignores_cap: 0,
        quiet: None,
        ends_local: None,
        ends_zone: None,
        ends_at: None,
        scheduled_at: None,
        launched_at: None,
        finished_at: None,
        upper: 0,
        planned: 0,
        expected: None,
        waiting_reason: None,
        waiting_since: None,
        desk: harkara::store::campaign::Desk::default(),
        created_at: START,
        updated_at: START,
    }
}

fn phone(id: i64, account_id: i64, phone: &str) -> NumberRow {
    NumberRow {
        id,
        account_id,
        phone: phone.into(),
        is_default: i16::from(id % 10 == 1),
        messages_per_second: 80,
        created_at: START,
    }
}

async fn own(tx: &mut Tx, account_id: i64, named: &str) -> Option<i64> {
    let numbers = number::of_account(tx, account_id).await.unwrap();
    number::pick_own(&numbers, named).map(|n| n.id)
}

on_both_engines! {
    async fn an_account_is_held_once_and_keeps_the_first_reason(t) {
        let mut tx = t.app.db.write().await.unwrap();
        account::insert(&mut tx, &row(1, "Shop")).await.unwrap();
        number::insert(&mut tx, &phone(11, 1, "+919999900001")).await.unwrap();
        assert_eq!(number::all_active(&mut tx).await.unwrap().len(), 1);
        assert!(account::hold(&mut tx, 1, "wrong password", START, START).await.unwrap());
        assert!(!account::hold(&mut tx, 1, "something else", START, START + 1).await.unwrap());
        let held = account::by_token(&mut tx, "token-1").await.unwrap().unwrap();
        assert_eq!((held.state, held.held_reason.as_deref(), held.held_at), (account::HELD, Some("wrong password"), Some(START)));
        assert!(number::all_active(&mut tx).await.unwrap().is_empty());
        assert!(account::release(&mut tx, 1, START + 2).await.unwrap());
        assert!(!account::release(&mut tx, 1, START + 3).await.unwrap());
        let free = account::by_id(&mut tx, 1).await.unwrap().unwrap();
        assert_eq!((free.state, free.held_reason, free.held_at), (account::ACTIVE, None, None));
        assert_eq!(number::all_active(&mut tx).await.unwrap().len(), 1);
    }

    async fn accounts_come_in_pages_newest_first(t) {
        let mut tx = t.app.db.write().await.unwrap();
        for id in 1..=5 {
            account::insert(&mut tx, &row(id, &format!("Shop {id}"))).await.unwrap();
        }
        let ids = |rows: Vec<AccountRow>| rows.into_iter().map(|r| r.id).collect::<Vec<_>>();
        assert_eq!(ids(account::list(&mut tx, i64::MAX, 2).await.unwrap()), [5, 4]);
        assert_eq!(ids(account::list(&mut tx, 4, 9).await.unwrap()), [3, 2, 1]);
        assert!(account::insert(&mut tx, &row(9, "Shop 5")).await.unwrap_err().is_duplicate());
    }

    async fn a_callback_finds_its_number_by_digits(t) {
        let mut tx = t.app.db.write().await.unwrap();
        account::insert(&mut tx, &row(1, "One")).await.unwrap();
        account::insert(&mut tx, &row(2, "Two")).await.unwrap();
        number::insert(&mut tx, &phone(11, 1, "+919999900001")).await.unwrap();
        number::insert(&mut tx, &phone(21, 2, "+919999900002")).await.unwrap();
        number::insert(&mut tx, &phone(22, 2, "56161")).await.unwrap();
        for named in ["919999900001", "+919999900001", " 91 99999 00001", "", "SHOP"] {
            assert_eq!(own(&mut tx, 1, named).await, Some(11), "{named}");
        }
        assert_eq!(own(&mut tx, 1, "919999900002").await, None);
        assert_eq!(own(&mut tx, 2, "56161").await, Some(22));
        assert_eq!(own(&mut tx, 2, "").await, None);
    }

    async fn an_account_has_one_default_number(t) {
        let mut tx = t.app.db.write().await.unwrap();
        account::insert(&mut tx, &row(1, "One")).await.unwrap();
        account::insert(&mut tx, &row(2, "Two")).await.unwrap();
        for (id, account) in [(11, 1), (12, 1), (21, 2)] {
            number::insert(&mut tx, &phone(id, account, &format!("+9199999000{id}"))).await.unwrap();
        }
        let changed = harkara::app::account::update_number(&mut tx, 12, Some(10), Some(true)).await.unwrap();
        assert_eq!((changed.is_default, changed.messages_per_second), (1, 10));
        let of: Vec<(i64, i16)> = number::of_account(&mut tx, 1).await.unwrap().into_iter().map(|n| (n.id, n.is_default)).collect();
        assert_eq!(of, [(12, 1), (11, 0)]);
        assert_eq!(number::by_id(&mut tx, 21).await.unwrap().unwrap().is_default, 1);
        let error = harkara::app::account::update_number(&mut tx, 12, Some(100_001), Some(false)).await.unwrap_err().to_string();
        assert!(error.contains("1 to 100000") && error.contains("another number the default"), "{error}");
    }

    async fn what_last_came_in_only_moves_forward(t) {
        let mut tx = t.app.db.write().await.unwrap();
        account::insert(&mut tx, &row(1, "One")).await.unwrap();
        account::saw_inbound(&mut tx, 1, START).await.unwrap();
        account::saw_inbound(&mut tx, 1, START - 5).await.unwrap();
        account::saw_report(&mut tx, 1, START + 5).await.unwrap();
        let seen = account::by_id(&mut tx, 1).await.unwrap().unwrap();
        assert_eq!((seen.last_inbound_at, seen.last_report_at), (Some(START), Some(START + 5)));
    }

    async fn an_account_in_use_is_not_archived(t) {
        let mut tx = t.app.db.write().await.unwrap();
        account::insert(&mut tx, &row(1, "Shop")).await.unwrap();
        number::insert(&mut tx, &phone(11, 1, "+919999900001")).await.unwrap();
        campaign::insert(&mut tx, &running(1, 11)).await.unwrap();
        let error = harkara::app::account::retire(&t.app, &mut tx, 1, harkara::app::account::Way::Archive, false).await.unwrap_err().to_string();
        assert!(error.contains("1 running or scheduled") && error.contains("Shop"), "{error}");
        let (running, stopped) = (harkara::domain::campaign::RUNNING, harkara::domain::campaign::STOPPED);
        assert!(campaign::set_state(&mut tx, 1, running, stopped, Some(START), START).await.unwrap());
        harkara::app::account::retire(&t.app, &mut tx, 1, harkara::app::account::Way::Archive, false).await.unwrap();
        assert_eq!(account::by_token(&mut tx, "token-1").await.unwrap().unwrap().state, account::ARCHIVED);
        account::insert(&mut tx, &row(2, "Shop")).await.unwrap();
        assert!(!account::hold(&mut tx, 1, "late answer", START, START).await.unwrap());
    }
}
