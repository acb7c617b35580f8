//! The customers' phones: what arrived and what they wrote, bounded.

use std::collections::{BTreeMap, HashMap, VecDeque};

use serde::Serialize;

use crate::content::Content;

const BUBBLES_PER_CUSTOMER: usize = 60;
/// Phones beside those that somebody holds.
const CUSTOMERS: usize = 300;
/// Phones held at most.
const HELD: usize = 1_000;

/// A message on a phone.
#[derive(Debug, Clone)]
pub(crate) struct Bubble {
    /// Unique in this run.
    pub n: u64,
    pub at_ms: i64,
    pub content: Content,
    /// The ledger's row; none for what the customer wrote.
    pub record: Option<u32>,
    /// `n` of the answered bubble's words.
    pub quoted: Option<String>,
}

#[derive(Debug, Default)]
pub(crate) struct Conversation {
    pub bubbles: VecDeque<Bubble>,
    touched: u64,
    /// Somebody looked at this phone or wrote from it: it is not put away.
    held: bool,
    pub name: Option<String>,
}

/// A customer in the list, newest first.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Customer {
    /// Digits.
    pub customer: String,
    /// Profile name, when known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Words of the last message.
    pub last: String,
    /// Time of the last message, milliseconds since the epoch.
    pub at: i64,
}

#[derive(Debug, Default)]
pub(crate) struct Phones {
    conversations: HashMap<u64, Conversation>,
    order: BTreeMap<u64, u64>,
    next: u64,
    held: usize,
}

impl Phones {
    /// Shows a message on the phone of `customer`; of those that nobody holds the least recently used is put away when
    /// there are too many.
    pub(crate) fn show(
        &mut self,
        customer: u64,
        at_ms: i64,
        content: Content,
        record: Option<u32>,
        quoted: Option<String>,
    ) {
        self.next += 1;
        let n = self.next;
        let conversation = self.conversations.entry(customer).or_default();
        self.order.remove(&conversation.touched);
        conversation.touched = n;
        self.order.insert(n, customer);
        if conversation.bubbles.len() == BUBBLES_PER_CUSTOMER {
            conversation.bubbles.pop_front();
        }
        conversation.bubbles.push_back(Bubble {
            n,
            at_ms,
            content,
            record,
            quoted,
        });
        if self.conversations.len() > CUSTOMERS + self.held {
            let free = |customer: &u64| self.conversations.get(customer).is_some_and(|c| !c.held);
            if let Some((touched, oldest)) = self.order.iter().find(|(_, c)| free(c)).map(|(n, c)| (*n, *c)) {
                self.order.remove(&touched);
                self.conversations.remove(&oldest);
            }
        }
    }

    /// Somebody has this phone in the hand.
    pub(crate) fn hold(&mut self, customer: u64) {
        if let Some(conversation) = self.conversations.get_mut(&customer)
            && !conversation.held
            && self.held < HELD
        {
            conversation.held = true;
            self.held += 1;
        }
    }

    pub(crate) fn name(&mut self, customer: u64, name: &str) {
        self.conversations.entry(customer).or_default().name = Some(name.to_owned());
    }

    pub(crate) fn get(&self, customer: u64) -> Option<&Conversation> {
        self.conversations.get(&customer)
    }

    pub(crate) fn list(&self) -> Vec<Customer> {
        let row = |number: &u64| {
            let conversation = self.conversations.get(number)?;
            let last = conversation.bubbles.back()?;
            Some(Customer {
                customer: number.to_string(),
                name: conversation.name.clone(),
                last: last.content.summary(),
                at: last.at_ms,
            })
        };
        self.order.values().rev().filter_map(row).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_and_their_messages_are_bounded() {
        let mut phones = Phones::default();
        for customer in 0..1_000 {
            phones.show(customer, 0, Content::default(), Some(1), None);
        }
        for _ in 0..100 {
            phones.show(999, 1, Content::default(), Some(1), None);
        }
        assert_eq!(phones.list().len(), CUSTOMERS);
        assert_eq!(phones.list()[0].customer, "999");
        assert_eq!(phones.get(999).unwrap().bubbles.len(), BUBBLES_PER_CUSTOMER);
        assert!(phones.get(0).is_none());
        phones.hold(999);
        for customer in 1_000..2_000 {
            phones.show(customer, 2, Content::default(), Some(1), None);
        }
        assert_eq!(phones.list().len(), CUSTOMERS + 1);
        assert!(phones.get(999).is_some());
        for customer in 2_000..5_000 {
            phones.show(customer, 3, Content::default(), None, None);
            phones.hold(customer);
        }
        assert_eq!(phones.list().len(), CUSTOMERS + HELD);
    }
}
