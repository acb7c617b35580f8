//! The product, tested through its parts and as a whole: the store on both engines, the acts, and stories through
//! the real server against the simulator.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "the helpers of tests stand outside #[test] functions"
)]

mod access;
mod account_secrets;
mod account_stories;
mod accounts;
mod api;
mod api_keys;
mod attempts;
mod audit;
mod auto_reply;
mod browser;
mod bulk;
mod callback_links;
mod callback_urls;
mod callbacks;
mod campaign_desk;
mod catalog;
mod client;
mod conditions;
mod consent;
mod dashboard;
mod demo;
mod demo_crowd;
mod demo_time;
mod dispatch;
mod drafts;
mod edges;
mod engine;
mod erase;
mod factor;
mod files;
mod find;
mod frequency_cap;
mod gateway;
mod generic_stories;
mod guard;
mod home;
mod import_check;
mod import_draft;
mod import_undo;
mod imports;
mod inbox;
mod kept_numbers;
mod lanes;
mod lights;
mod lists;
mod live;
mod media;
mod merge;
mod moving_customer;
mod nodes;
mod numbers;
mod pair;
mod post;
mod profiles;
mod quiet;
mod recipients;
mod replays;
mod reply_drafts;
mod retargeting;
mod retention;
mod retire;
mod said;
mod saved_views;
mod series;
mod slices;
mod support;
mod template_desk;
mod template_versions;
mod templates;
mod texts;
mod trouble;
mod try_message;
mod unknown;
mod uploads;
mod users;
mod vendor_ids;
mod vonage_stories;
mod wa_ids;
mod who;
mod world;
