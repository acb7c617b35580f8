//! The one table of endpoints: what each needs, and what the audit log calls it.

use axum::http::Method;

use crate::domain::permission::Permission;

/// Who may call an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everybody.
    Public,
    /// Every user and every key.
    SignedIn,
    /// Every user, and no key.
    User,
    /// Who has this permission.
    Needs(Permission),
    /// The handler looks for a key in a header of its own.
    Passcode,
}

use Access::{Needs, Passcode, Public, SignedIn, User};
use Permission::{
    AccountsRead, AccountsWrite, AuditRead, CallbacksRead, CallbacksReplay, CampaignsCap, CampaignsLaunch,
    CampaignsRead, CampaignsWrite, ConsentWrite, DemoManage, FilesWrite, HandsetUse, InboxRead, InboxReply,
    KeysManage, MessagesRead, MessagesSend, ProfilesErase, ProfilesExport, ProfilesImport, ProfilesRead,
    ProfilesWrite, ServersRead, TemplatesRead, TemplatesWrite, UsersManage, UsersRead,
};

/// An endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Method.
    pub method: &'static str,
    /// Path as the router has it.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
    /// What the audit log calls it: type of object, dot, act. `None`: it changes nothing that others see, or notes what it did itself.
    pub act: Option<&'static str>,
    /// It is noted when a user does it: what programs do is their daily work, and kept elsewhere.
    pub by_hand: bool,
}

impl Rule {
    /// It is noted as this.
    const fn noted(mut self, act: &'static str) -> Self {
        self.act = Some(act);
        self
    }

    /// It is noted as this when a user does it.
    const fn noted_by_hand(mut self, act: &'static str) -> Self {
        self.by_hand = true;
        self.noted(act)
    }
}

const fn rule(method: &'static str, path: &'static str, access: Access) -> Rule {
    Rule {
        method,
        path,
        access,
        act: None,
        by_hand: false,
    }
}

const fn get(path: &'static str, access: Access) -> Rule {
    rule("GET", path, access)
}

const fn post(path: &'static str, access: Access) -> Rule {
    rule("POST", path, access)
}

const fn put(path: &'static str, access: Access) -> Rule {
    rule("PUT", path, access)
}

const fn patch(path: &'static str, access: Access) -> Rule {
    rule("PATCH", path, access)
}

const fn delete(path: &'static str, access: Access) -> Rule {
    rule("DELETE", path, access)
}

/// Every endpoint. What does not stand here does not exist.
pub const RULES: &[Rule] = &[
    post("/1/subscribe", Passcode),
    post("/1/upload", Passcode),
    get("/api/v1/accounts", Needs(AccountsRead)),
    post("/api/v1/accounts", Needs(AccountsWrite)).noted("account.create"),
    post("/api/v1/accounts/callback-urls", Needs(AccountsWrite)),
    post("/api/v1/accounts/callback-urls/check", Needs(AccountsWrite)),
    get("/api/v1/accounts/callback-urls/{token}", Needs(AccountsWrite)),
    post("/api/v1/accounts/try", Needs(AccountsWrite)),
    post("/api/v1/accounts/try-message", Needs(AccountsWrite)).noted("account.try_message"),
    get("/api/v1/accounts/{id}", Needs(AccountsRead)),
    delete("/api/v1/accounts/{id}", Needs(AccountsWrite)).noted("account.retire"),
    patch("/api/v1/accounts/{id}", Needs(AccountsWrite)).noted("account.update"),
    get("/api/v1/accounts/{id}/auto-reply", Needs(AccountsWrite)),
    put("/api/v1/accounts/{id}/auto-reply", Needs(AccountsWrite)).noted("account.set_auto_reply"),
    post("/api/v1/accounts/{id}/auto-reply/preview", Needs(AccountsWrite)),
    post("/api/v1/accounts/{id}/check", Needs(AccountsWrite)),
    post("/api/v1/accounts/{id}/numbers", Needs(AccountsWrite)).noted("number.create"),
    post("/api/v1/accounts/{id}/resume", Needs(AccountsWrite)).noted("account.resume"),
    post("/api/v1/accounts/{id}/templates/import", Needs(TemplatesWrite)).noted("account.import_templates"),
    get("/api/v1/accounts/{id}/trouble", Needs(AccountsRead)),
    get("/api/v1/api-keys", Needs(KeysManage)),
    post("/api/v1/api-keys", Needs(KeysManage)).noted("api_key.create"),
    delete("/api/v1/api-keys/{id}", Needs(KeysManage)).noted("api_key.revoke"),
    post("/api/v1/api-keys/{id}/rotate", Needs(KeysManage)).noted("api_key.rotate"),
    get("/api/v1/attempts", Needs(CallbacksRead)),
    get("/api/v1/audit", Needs(AuditRead)),
    get("/api/v1/audit/export", Needs(AuditRead)).noted("audit.export"),
    get("/api/v1/callbacks", Needs(CallbacksRead)),
    post("/api/v1/callbacks/replay", Needs(CallbacksReplay)).noted("callback.replay"),
    get("/api/v1/callbacks/{id}", Needs(CallbacksRead)),
    get("/api/v1/campaigns", Needs(CampaignsRead)),
    post("/api/v1/campaigns", Needs(CampaignsWrite)).noted("campaign.create"),
    post("/api/v1/campaigns/archive", Needs(CampaignsWrite)),
    get("/api/v1/campaigns/facets", Needs(CampaignsRead)),
    post("/api/v1/campaigns/label", Needs(CampaignsWrite)),
    get("/api/v1/campaigns/{id}", Needs(CampaignsRead)),
    delete("/api/v1/campaigns/{id}", Needs(CampaignsWrite)).noted("campaign.delete"),
    put("/api/v1/campaigns/{id}", Needs(CampaignsWrite)).noted("campaign.update"),
    post("/api/v1/campaigns/{id}/clone", Needs(CampaignsWrite)).noted("campaign.clone"),
    get("/api/v1/campaigns/{id}/excluded", Needs(CampaignsRead)),
    get("/api/v1/campaigns/{id}/export", Needs(CampaignsRead)).noted("campaign.export"),
    get("/api/v1/campaigns/{id}/failures", Needs(CampaignsRead)),
    put("/api/v1/campaigns/{id}/labels", Needs(CampaignsWrite)).noted("campaign.set_labels"),
    post("/api/v1/campaigns/{id}/launch", Needs(CampaignsLaunch)).noted("campaign.launch"),
    get("/api/v1/campaigns/{id}/live", Needs(CampaignsRead)),
    get("/api/v1/campaigns/{id}/messages", Needs(CampaignsRead)),
    post("/api/v1/campaigns/{id}/pause", Needs(CampaignsLaunch)).noted("campaign.pause"),
    get("/api/v1/campaigns/{id}/preflight", Needs(CampaignsRead)),
    get("/api/v1/campaigns/{id}/progress", Needs(CampaignsRead)),
    get("/api/v1/campaigns/{id}/reach", Needs(CampaignsRead)),
    post("/api/v1/campaigns/{id}/resend", Needs(CampaignsLaunch)).noted("campaign.resend"),
    post("/api/v1/campaigns/{id}/resume", Needs(CampaignsLaunch)).noted("campaign.resume"),
    get("/api/v1/campaigns/{id}/series", Needs(CampaignsRead)),
    post("/api/v1/campaigns/{id}/stop", Needs(CampaignsLaunch)).noted("campaign.stop"),
    post("/api/v1/campaigns/{id}/test", Needs(CampaignsWrite)).noted("campaign.test"),
    post("/api/v1/campaigns/{id}/unschedule", Needs(CampaignsLaunch)).noted("campaign.unschedule"),
    get("/api/v1/conversations", Needs(InboxRead)),
    get("/api/v1/conversations/search", Needs(InboxRead)),
    get("/api/v1/conversations/unread", Needs(InboxRead)),
    get("/api/v1/conversations/{id}", Needs(InboxRead)),
    get("/api/v1/conversations/{id}/draft", Needs(InboxReply)),
    put("/api/v1/conversations/{id}/draft", Needs(InboxReply)),
    get("/api/v1/conversations/{id}/messages", Needs(InboxRead)),
    post("/api/v1/conversations/{id}/messages", Needs(InboxReply)).noted_by_hand("conversation.reply"),
    post("/api/v1/conversations/{id}/read", Needs(InboxReply)),
    get("/api/v1/demo", SignedIn),
    post("/api/v1/demo", Needs(DemoManage)).noted("demo.begin"),
    delete("/api/v1/demo", Needs(DemoManage)).noted("demo.end"),
    get("/api/v1/files", Needs(FilesWrite)),
    post("/api/v1/files", Needs(FilesWrite)).noted("file.create"),
    get("/api/v1/files/rules", Needs(FilesWrite)),
    get("/api/v1/files/{id}", Needs(FilesWrite)),
    delete("/api/v1/files/{id}", Needs(FilesWrite)).noted("file.delete"),
    get("/api/v1/frequency-cap", Needs(CampaignsRead)),
    put("/api/v1/frequency-cap", Needs(CampaignsCap)),
    post("/api/v1/handset/click", Needs(HandsetUse)),
    get("/api/v1/handset/clock", Needs(HandsetUse)),
    post("/api/v1/handset/clock", Needs(HandsetUse)).noted("demo.move_time"),
    get("/api/v1/handset/config", Needs(HandsetUse)),
    post("/api/v1/handset/config", Needs(HandsetUse)),
    get("/api/v1/handset/crowds", Needs(HandsetUse)),
    post("/api/v1/handset/crowds", Needs(ProfilesImport)).noted("demo.make_crowd"),
    get("/api/v1/handset/customers", Needs(HandsetUse)),
    get("/api/v1/handset/customers/{number}", Needs(HandsetUse)),
    get("/api/v1/handset/fail", Needs(HandsetUse)),
    post("/api/v1/handset/fail", Needs(HandsetUse)),
    delete("/api/v1/handset/fail", Needs(HandsetUse)),
    post("/api/v1/handset/inbound", Needs(HandsetUse)),
    get("/api/v1/handset/live", Needs(HandsetUse)),
    post("/api/v1/handset/media", Needs(HandsetUse)),
    get("/api/v1/handset/media/{id}", Needs(HandsetUse)),
    post("/api/v1/handset/read", Needs(HandsetUse)),
    get("/api/v1/handset/wire", Needs(HandsetUse)),
    get("/api/v1/home", SignedIn),
    get("/api/v1/imports", Needs(ProfilesRead)),
    post("/api/v1/imports", Needs(ProfilesImport)).noted("import.create"),
    post("/api/v1/imports/check", Needs(ProfilesImport)),
    post("/api/v1/imports/drafts", Needs(ProfilesImport)).noted("import.draft"),
    post("/api/v1/imports/preview", Needs(ProfilesImport)),
    get("/api/v1/imports/{id}", Needs(ProfilesRead)),
    post("/api/v1/imports/{id}/cancel", Needs(ProfilesImport)).noted("import.cancel"),
    post("/api/v1/imports/{id}/check", Needs(ProfilesImport)),
    put("/api/v1/imports/{id}/corrections", Needs(ProfilesImport)).noted("import.correct"),
    get("/api/v1/imports/{id}/draft", Needs(ProfilesImport)),
    get("/api/v1/imports/{id}/errors", Needs(ProfilesRead)),
    post("/api/v1/imports/{id}/pause", Needs(ProfilesImport)).noted("import.pause"),
    post("/api/v1/imports/{id}/resume", Needs(ProfilesImport)).noted("import.resume"),
    post("/api/v1/imports/{id}/start", Needs(ProfilesImport)).noted("import.start"),
    get("/api/v1/imports/{id}/undo", Needs(ProfilesImport)),
    post("/api/v1/imports/{id}/undo", Needs(ProfilesImport)).noted("import.undo"),
    get("/api/v1/invites", Needs(UsersManage)),
    post("/api/v1/invites", Needs(UsersManage)).noted("invite.create"),
    post("/api/v1/invites/accept", Public),
    get("/api/v1/invites/by-token/{token}", Public),
    delete("/api/v1/invites/{id}", Needs(UsersManage)).noted("invite.delete"),
    get("/api/v1/lists", Needs(ProfilesRead)),
    post("/api/v1/lists", Needs(ProfilesWrite)).noted("list.create"),
    get("/api/v1/lists/{id}", Needs(ProfilesRead)),
    delete("/api/v1/lists/{id}", Needs(ProfilesWrite)).noted("list.delete"),
    patch("/api/v1/lists/{id}", Needs(ProfilesWrite)).noted("list.update"),
    post("/api/v1/lists/{id}/people", Needs(ProfilesWrite)),
    post("/api/v1/lists/{id}/restore", Needs(ProfilesWrite)).noted("list.restore"),
    get("/api/v1/live", SignedIn),
    get("/api/v1/me/views", User),
    post("/api/v1/me/views", User),
    delete("/api/v1/me/views/{id}", User),
    patch("/api/v1/me/views/{id}", User),
    get("/api/v1/messages", Needs(MessagesRead)),
    post("/api/v1/messages", Needs(MessagesSend)).noted_by_hand("message.send"),
    get("/api/v1/messages/{id}", Needs(MessagesRead)),
    get("/api/v1/messages/{id}/media", Needs(InboxRead)),
    post("/api/v1/messages/{id}/resend", Needs(MessagesSend)).noted_by_hand("message.resend"),
    get("/api/v1/nodes", Needs(ServersRead)),
    get("/api/v1/numbers", Needs(AccountsRead)),
    delete("/api/v1/numbers/{id}", Needs(AccountsWrite)).noted("number.retire"),
    patch("/api/v1/numbers/{id}", Needs(AccountsWrite)).noted("number.update"),
    post("/api/v1/owner", Public),
    get("/api/v1/permissions", SignedIn),
    get("/api/v1/profiles", Needs(ProfilesRead)),
    post("/api/v1/profiles", Needs(ProfilesWrite)).noted_by_hand("profile.write"),
    get("/api/v1/profiles/attributes", Needs(ProfilesRead)),
    get("/api/v1/profiles/bulk", Needs(ProfilesRead)),
    post("/api/v1/profiles/bulk", Needs(ProfilesWrite)),
    get("/api/v1/profiles/bulk/{id}", Needs(ProfilesRead)),
    post("/api/v1/profiles/bulk/{id}/cancel", Needs(ProfilesWrite)).noted("bulk.cancel"),
    get("/api/v1/profiles/count", Needs(ProfilesRead)),
    get("/api/v1/profiles/export", Needs(ProfilesExport)),
    get("/api/v1/profiles/{id}", Needs(ProfilesRead)),
    patch("/api/v1/profiles/{id}", Needs(ProfilesWrite)).noted_by_hand("profile.update"),
    post("/api/v1/profiles/{id}/consent", Needs(ConsentWrite)).noted_by_hand("profile.consent"),
    post("/api/v1/profiles/{id}/erase", Needs(ProfilesErase)),
    post("/api/v1/profiles/{id}/merge", Needs(ProfilesWrite)),
    get("/api/v1/profiles/{id}/timeline", Needs(ProfilesRead)),
    get("/api/v1/providers", SignedIn),
    post("/api/v1/reach", Needs(CampaignsRead)),
    post("/api/v1/reach/sample", Needs(CampaignsRead)),
    get("/api/v1/roles", SignedIn),
    get("/api/v1/session", User),
    post("/api/v1/session", Public),
    delete("/api/v1/session", User).noted("session.end"),
    patch("/api/v1/session", User).noted("user.update"),
    post("/api/v1/session/code", Public),
    get("/api/v1/session/factor", User),
    post("/api/v1/session/factor", User),
    post("/api/v1/session/factor/confirm", User),
    post("/api/v1/session/factor/off", User),
    post("/api/v1/session/factor/recovery-codes", User),
    patch("/api/v1/session/password", User),
    get("/api/v1/sessions", User),
    delete("/api/v1/sessions/{id}", User).noted("session.end"),
    get("/api/v1/start", Public),
    get("/api/v1/templates", Needs(TemplatesRead)),
    post("/api/v1/templates", Needs(TemplatesWrite)).noted("template.create"),
    post("/api/v1/templates/check", Needs(TemplatesRead)),
    post("/api/v1/templates/preview", Needs(TemplatesRead)),
    get("/api/v1/templates/{id}", Needs(TemplatesRead)),
    delete("/api/v1/templates/{id}", Needs(TemplatesWrite)).noted("template.delete"),
    patch("/api/v1/templates/{id}", Needs(TemplatesWrite)).noted("template.update"),
    post("/api/v1/templates/{id}/clone", Needs(TemplatesWrite)).noted("template.clone"),
    post("/api/v1/templates/{id}/restore", Needs(TemplatesWrite)).noted("template.restore"),
    post("/api/v1/templates/{id}/submit", Needs(TemplatesWrite)).noted("template.submit"),
    post("/api/v1/templates/{id}/take-theirs", Needs(TemplatesWrite)).noted("template.take_theirs"),
    get("/api/v1/templates/{id}/uses", Needs(CampaignsRead)),
    get("/api/v1/templates/{id}/versions", Needs(TemplatesRead)),
    post(
        "/api/v1/templates/{id}/versions/{version}/restore",
        Needs(TemplatesWrite),
    )
    .noted("template.go_back"),
    get("/api/v1/texts/{language}", Public),
    get("/api/v1/users", Needs(UsersRead)),
    patch("/api/v1/users/{id}", Needs(UsersManage)).noted("user.update"),
    delete("/api/v1/users/{id}/factor", Needs(UsersManage)).noted("user.take_factor"),
    post("/api/v1/users/{id}/reset", Needs(UsersManage)).noted("user.reset"),
];

/// The rule of an endpoint.
pub fn find(method: &Method, path: &str) -> Option<&'static Rule> {
    let method = if *method == Method::HEAD {
        "GET"
    } else {
        method.as_str()
    };
    RULES
        .iter()
        .find(|rule| rule.method == method && rule.path == path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_stands_once() {
        let names: std::collections::BTreeSet<_> =
            RULES.iter().map(|rule| (rule.path, rule.method)).collect();
        assert_eq!(names.len(), RULES.len());
        assert!(RULES.is_sorted_by_key(|rule| rule.path));
    }
}
