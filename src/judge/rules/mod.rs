//! The catalogue: one file per rule, with its explanation beside it. This file only lists them, in the order of their ids.

use super::Rule;

mod address_missing_from_answer;
mod dangling_alias;
mod email_domain_does_not_exist;
mod email_domain_leads_to_website;
mod external_points_at_router;
mod external_points_elsewhere;
mod external_record_missing;
mod internal_domain_visible_outside;
mod internal_points_at_reverse_proxy;
mod internal_points_elsewhere;
mod internal_record_missing;
mod ipv6_only;
mod private_address_published;
mod reached_through_alias;
mod servers_disagree;
mod srv_in_one_view;
mod srv_port;
mod srv_record_missing;
mod srv_service_declined;
mod srv_target_differs;
mod srv_target_is_alias;
mod srv_target_unresolvable;
mod ttl_out_of_range;
mod unusable_address;
mod vantage_point_wrong;
mod view_unreachable;
mod wildcard_answer;

/// All rules, sorted by id.
pub static RULES: &[&Rule] = &[
    &address_missing_from_answer::RULE,
    &dangling_alias::RULE,
    &email_domain_does_not_exist::RULE,
    &email_domain_leads_to_website::RULE,
    &external_points_at_router::RULE,
    &external_points_elsewhere::RULE,
    &external_record_missing::RULE,
    &internal_domain_visible_outside::RULE,
    &internal_points_at_reverse_proxy::RULE,
    &internal_points_elsewhere::RULE,
    &internal_record_missing::RULE,
    &ipv6_only::RULE,
    &private_address_published::RULE,
    &reached_through_alias::RULE,
    &servers_disagree::RULE,
    &srv_in_one_view::RULE,
    &srv_port::RULE,
    &srv_record_missing::RULE,
    &srv_service_declined::RULE,
    &srv_target_differs::RULE,
    &srv_target_is_alias::RULE,
    &srv_target_unresolvable::RULE,
    &ttl_out_of_range::RULE,
    &unusable_address::RULE,
    &vantage_point_wrong::RULE,
    &view_unreachable::RULE,
    &wildcard_answer::RULE,
];
