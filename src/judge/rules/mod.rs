//! The catalogue: one file per rule, with its explanation beside it. This file only lists them, in the order of their ids.

use super::Rule;

mod address_collision;
mod address_in_two_roles;
mod already_an_im_address;
mod ambiguous_primary_address;
mod anonymous_access;
mod basic_auth_in_clear;
mod damaged_export;
mod directory_mismatch;
mod domain_without_router;
mod duplicate_person;
mod email_domain_mapped_twice;
mod expired_suppression;
mod external_domain_without_reverse_proxy;
mod external_points_at_router;
mod home_server_overloaded;
mod home_server_unreachable;
mod invalid_address;
mod name_not_inferable;
mod name_too_long;
mod no_domain_name;
mod no_primary_address;
mod non_ascii_local_part;
mod not_an_im_router;
mod overloaded;
mod proxy_blocks_methods;
mod realm_mismatch;
mod redirect_leaks_inside;
mod redirect_loop;
mod redirect_to_unknown_host;
mod reverse_proxy_address_private;
mod reverse_proxy_on_internal_domain;
mod router_address_public;
mod router_behind_proxy_down;
mod router_exposed_outside;
mod router_serves_several_domains;
mod servers_disagree;
mod several_email_domains;
mod slow_answer;
mod unaddressable_local_part;
mod unmapped_email_domain;
mod unreachable;
mod unused_component;
mod unused_suppression;
mod wrong_virtual_server;

/// All rules, sorted by id.
pub static RULES: &[&Rule] = &[
    &address_collision::RULE,
    &address_in_two_roles::RULE,
    &already_an_im_address::RULE,
    &ambiguous_primary_address::RULE,
    &anonymous_access::RULE,
    &basic_auth_in_clear::RULE,
    &damaged_export::RULE,
    &directory_mismatch::RULE,
    &domain_without_router::RULE,
    &duplicate_person::RULE,
    &email_domain_mapped_twice::RULE,
    &expired_suppression::RULE,
    &external_domain_without_reverse_proxy::RULE,
    &external_points_at_router::RULE,
    &home_server_overloaded::RULE,
    &home_server_unreachable::RULE,
    &invalid_address::RULE,
    &name_not_inferable::RULE,
    &name_too_long::RULE,
    &no_domain_name::RULE,
    &no_primary_address::RULE,
    &non_ascii_local_part::RULE,
    &not_an_im_router::RULE,
    &overloaded::RULE,
    &proxy_blocks_methods::RULE,
    &realm_mismatch::RULE,
    &redirect_leaks_inside::RULE,
    &redirect_loop::RULE,
    &redirect_to_unknown_host::RULE,
    &reverse_proxy_address_private::RULE,
    &reverse_proxy_on_internal_domain::RULE,
    &router_address_public::RULE,
    &router_behind_proxy_down::RULE,
    &router_exposed_outside::RULE,
    &router_serves_several_domains::RULE,
    &servers_disagree::RULE,
    &several_email_domains::RULE,
    &slow_answer::RULE,
    &unaddressable_local_part::RULE,
    &unmapped_email_domain::RULE,
    &unreachable::RULE,
    &unused_component::RULE,
    &unused_suppression::RULE,
    &wrong_virtual_server::RULE,
];
