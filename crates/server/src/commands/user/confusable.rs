//! `rollcall user list --confusable`: users whose names look alike.

use std::{collections::BTreeMap, ops::ControlFlow};

use rollcall_domain::{Caller, NameSkeleton, User, UserOrder, Users};

use crate::{
    commands::output::{self, table::table},
    failure::Failure,
};

/// Users by the skeletons of their names.
type Groups = BTreeMap<String, Vec<User>>;

/// Prints users in groups of names that look alike.
pub(super) fn list(users: &Users) -> Result<(), Failure> {
    let mut groups = Groups::new();
    let mut add = |user: User| {
        let skeleton = NameSkeleton::of(&user.name);
        groups.entry(skeleton.shape().to_owned()).or_default().push(user);
        ControlFlow::Continue(())
    };
    users.list(&Caller::Operator, UserOrder::Name, &mut add).map_err(|error| error.to_string())?;
    groups.retain(|_, group| is_confusable(group));
    if groups.is_empty() {
        return output::print("no two names look alike\n");
    }
    let of_group = |(shape, group): (&String, &Vec<User>)| {
        group.iter().map(|user| row(shape, user)).collect::<Vec<_>>()
    };
    let rows = groups.iter().flat_map(of_group).collect();
    output::print(&table(["LOOKS LIKE", "ID", "NAME", "SPELLED", "STATUS"], rows))
}

/// Whether a group has several users, and not only ASCII names such as `bam` and `barn`.
fn is_confusable(group: &[User]) -> bool {
    group.len() > 1 && group.iter().any(|user| !user.name.as_str().is_ascii())
}

fn row(shape: &str, user: &User) -> [String; 5] {
    [
        shape.to_owned(),
        user.id.to_string(),
        user.name.to_string(),
        spelled(user.name.as_str()),
        user.status.as_str().to_owned(),
    ]
}

/// A name with escapes of non-ASCII characters, which show the differences of similar names.
fn spelled(name: &str) -> String {
    let spell = |character: char| {
        if character.is_ascii() {
            character.to_string()
        } else {
            character.escape_unicode().to_string()
        }
    };
    name.chars().map(spell).collect()
}
