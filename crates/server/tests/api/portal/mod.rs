mod conditions;
mod create;
mod delete;
mod get;
mod list;
mod recreated;
mod update_password;
