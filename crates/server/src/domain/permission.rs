//! Who may do what: the one table of permissions and the roles that have them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a user is in the business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Everything, and who the owners are.
    Owner,
    /// Everything but who the owners are.
    Admin,
    /// Writes templates and campaigns, imports profiles.
    Creator,
    /// A creator who launches campaigns.
    Approver,
    /// Answers customers.
    Agent,
    /// Looks, and changes nothing.
    Viewer,
}

use Role::{Admin, Agent, Approver, Creator, Owner, Viewer};

impl Role {
    /// All, the mightiest first.
    pub const ALL: [Self; 6] = [Owner, Admin, Creator, Approver, Agent, Viewer];

    /// Its name, as it is stored and shown.
    pub fn name(self) -> &'static str {
        match self {
            Owner => "owner",
            Admin => "admin",
            Creator => "creator",
            Approver => "approver",
            Agent => "agent",
            Viewer => "viewer",
        }
    }

    /// The role of this name.
    pub fn read(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// What it is for, in a sentence.
    pub fn about(self) -> &'static str {
        match self {
            Owner => "Does everything, and decides who else is an owner.",
            Admin => "Does everything but deciding who is an owner.",
            Creator => {
                "Writes templates and campaigns, tests them, keeps and imports profiles. Launches nothing."
            }
            Approver => "Does what a creator does, and launches, holds and stops campaigns.",
            Agent => "Answers customers and records their consent.",
            Viewer => "Sees campaigns, templates, profiles, reports and conversations. Changes nothing.",
        }
    }
}

/// Every role.
const ALL: &[Role] = &Role::ALL;
const NOT_VIEWERS: &[Role] = &[Owner, Admin, Creator, Approver, Agent];
const NOT_AGENTS: &[Role] = &[Owner, Admin, Creator, Approver, Viewer];
const WRITERS: &[Role] = &[Owner, Admin, Creator, Approver];
const LAUNCHERS: &[Role] = &[Owner, Admin, Approver];
const DESK: &[Role] = &[Owner, Admin, Agent];
const ADMINS: &[Role] = &[Owner, Admin];

macro_rules! permissions {
    ($($permission:ident = $name:literal, $about:literal, $roles:expr;)*) => {
        /// Something that a user or an API key may do.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Permission {
            $(#[doc = $about] $permission,)*
        }

        impl Permission {
            /// All, by name.
            pub const ALL: &[Self] = &[$(Self::$permission,)*];

            /// Its name, as the API shows it.
            pub fn name(self) -> &'static str {
                match self { $(Self::$permission => $name,)* }
            }

            /// What it allows; it goes on after "may".
            pub fn about(self) -> &'static str {
                match self { $(Self::$permission => $about,)* }
            }

            /// The roles that have it.
            pub fn roles(self) -> &'static [Role] {
                match self { $(Self::$permission => $roles,)* }
            }
        }
    };
}

permissions! {
    AccountsRead = "accounts.read", "see accounts and numbers, without their settings", ALL;
    AccountsWrite = "accounts.write", "see and change the settings of accounts and numbers", ADMINS;
    AuditRead = "audit.read", "see who changed what", ADMINS;
    CallbacksRead = "callbacks.read", "see what providers sent, as it came", WRITERS;
    CallbacksReplay = "callbacks.replay", "apply again what providers sent", ADMINS;
    CampaignsCap = "campaigns.cap", "change the frequency cap", ADMINS;
    CampaignsLaunch = "campaigns.launch", "launch, pause, resume and stop campaigns", LAUNCHERS;
    CampaignsRead = "campaigns.read", "see campaigns and what became of them", NOT_AGENTS;
    CampaignsWrite = "campaigns.write", "write and test campaigns", WRITERS;
    ConsentWrite = "consent.write", "record the consent of a customer", NOT_VIEWERS;
    DemoManage = "demo.manage", "change how the demonstration goes", ADMINS;
    FilesWrite = "files.write", "upload files, and remove uploaded ones", NOT_VIEWERS;
    HandsetUse = "handset.use", "use the simulated phones", NOT_VIEWERS;
    InboxRead = "inbox.read", "read conversations", ALL;
    InboxReply = "inbox.reply", "answer customers", DESK;
    KeysManage = "keys.manage", "see, make and revoke API keys", ADMINS;
    MessagesRead = "messages.read", "see what became of a message", ALL;
    MessagesSend = "messages.send", "send single messages, and send them again", LAUNCHERS;
    OwnersManage = "owners.manage", "make, change and remove owners", &[Owner];
    ProfilesErase = "profiles.erase", "erase people for good", ADMINS;
    ProfilesExport = "profiles.export", "take profiles out as a file", ADMINS;
    ProfilesImport = "profiles.import", "import profiles from files", WRITERS;
    ProfilesRead = "profiles.read", "see profiles, lists and imports", ALL;
    ProfilesWrite = "profiles.write", "write profiles", WRITERS;
    ReportsRead = "reports.read", "see reports", NOT_AGENTS;
    ServersRead = "servers.read", "see the servers that run", WRITERS;
    TemplatesRead = "templates.read", "see templates", ALL;
    TemplatesWrite = "templates.write", "write, submit and import templates", WRITERS;
    UsersManage = "users.manage", "invite users, change their roles and deactivate them", ADMINS;
    UsersRead = "users.read", "see who the users are", WRITERS;
}

impl Permission {
    /// The permission of this name.
    pub fn read(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|known| known.name() == name)
    }

    /// Does the role have it?
    pub fn is_of(self, role: Role) -> bool {
        self.roles().contains(&role)
    }

    /// Can an API key have it? A key that makes owners would be one.
    pub fn is_for_keys(self) -> bool {
        self != Self::OwnersManage
    }
}

/// What somebody may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rights {
    /// What the role may.
    Role(Role),
    /// These, and nothing else.
    Only(Vec<Permission>),
    /// All that an API key can have.
    Key,
}

impl Rights {
    /// Is it allowed?
    pub fn may(&self, permission: Permission) -> bool {
        match self {
            Self::Role(role) => permission.is_of(*role),
            Self::Only(some) => permission.is_for_keys() && some.contains(&permission),
            Self::Key => permission.is_for_keys(),
        }
    }

    /// All that is allowed, by name.
    pub fn all(&self) -> Vec<Permission> {
        let allowed = |permission: &Permission| self.may(*permission);
        Permission::ALL.iter().copied().filter(allowed).collect()
    }

    /// That it is not allowed, and what to do, for a person.
    pub fn refusal(&self, permission: Permission) -> (String, String) {
        let about = permission.about();
        match self {
            Self::Role(role) => (
                format!("The role {} may not {about}.", role.name()),
                format!(
                    "{} may: ask one of them to do it, or to give you another role.",
                    listed(permission.roles())
                ),
            ),
            Self::Only(_) | Self::Key => (
                format!("This API key may not {about}."),
                if permission.is_for_keys() {
                    format!("Use a key that has the permission {}.", permission.name())
                } else {
                    "No key may: an owner does it in the dashboard.".into()
                },
            ),
        }
    }
}

/// `Owners, admins and approvers`.
fn listed(roles: &[Role]) -> String {
    let mut text = String::new();
    for (n, role) in roles.iter().enumerate() {
        text.push_str(match n {
            0 => "",
            _ if n + 1 == roles.len() => " and ",
            _ => ", ",
        });
        text.push_str(role.name());
        text.push('s');
    }
    let first = text.get(..1).unwrap_or_default().to_uppercase();
    format!("{first}{}", text.get(1..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_may_everything_and_an_admin_all_but_making_owners() {
        let of = |role| Rights::Role(role).all();
        assert_eq!(of(Owner), Permission::ALL);
        let missing: Vec<_> = Permission::ALL.iter().filter(|p| !p.is_of(Admin)).collect();
        assert_eq!(missing, [&Permission::OwnersManage]);
        assert_eq!(Rights::Key.all(), of(Admin));
    }

    #[test]
    fn an_approver_is_a_creator_who_launches_and_sends() {
        let of = |role| Rights::Role(role).all();
        let more: Vec<_> = of(Approver).into_iter().filter(|p| !p.is_of(Creator)).collect();
        assert_eq!(more, [Permission::CampaignsLaunch, Permission::MessagesSend]);
        assert!(of(Creator).iter().all(|p| p.is_of(Approver)));
    }

    #[test]
    fn a_viewer_changes_nothing_and_sees_no_bodies_keys_users_or_acts() {
        let names: Vec<_> = Rights::Role(Viewer).all().iter().map(|p| p.name()).collect();
        assert_eq!(
            names,
            [
                "accounts.read",
                "campaigns.read",
                "inbox.read",
                "messages.read",
                "profiles.read",
                "reports.read",
                "templates.read"
            ]
        );
    }

    #[test]
    fn an_agent_answers_with_files_too_and_records_consent() {
        let names: Vec<_> = Rights::Role(Agent).all().iter().map(|p| p.name()).collect();
        assert_eq!(
            names,
            [
                "accounts.read",
                "consent.write",
                "files.write",
                "handset.use",
                "inbox.read",
                "inbox.reply",
                "messages.read",
                "profiles.read",
                "templates.read"
            ]
        );
    }

    #[test]
    fn names_are_sorted_and_read_back() {
        let names: Vec<_> = Permission::ALL.iter().map(|p| p.name()).collect();
        assert!(names.is_sorted());
        for permission in Permission::ALL {
            assert_eq!(Permission::read(permission.name()), Some(*permission));
        }
        for role in Role::ALL {
            assert_eq!(Role::read(role.name()), Some(role));
        }
        assert_eq!(Permission::read("everything"), None);
    }

    #[test]
    fn a_refusal_names_what_is_not_allowed_and_who_may() {
        let (detail, help) = Rights::Role(Creator).refusal(Permission::CampaignsLaunch);
        assert_eq!(
            detail,
            "The role creator may not launch, pause, resume and stop campaigns."
        );
        assert!(help.starts_with("Owners, admins and approvers may"), "{help}");
        let key = Rights::Only(vec![Permission::OwnersManage]);
        assert!(!key.may(Permission::OwnersManage));
        assert!(key.refusal(Permission::ProfilesRead).1.contains("profiles.read"));
    }
}
