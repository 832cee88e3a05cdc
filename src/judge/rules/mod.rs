//! The catalogue: one file per rule, with its explanation beside it. This file only lists them, in the order of their ids.

use super::Rule;

mod address_collision;
mod address_in_two_roles;
mod address_missing_from_answer;
mod already_an_im_address;
mod ambiguous_primary_address;
mod anonymous_access;
mod answer_differs_from_zone;
mod basic_auth_in_clear;
mod certificate_expiring;
mod certificate_invalid;
mod damaged_export;
mod dangling_alias;
mod directory_mismatch;
mod dnssec_bogus;
mod domain_without_router;
mod duplicate_person;
mod email_domain_does_not_exist;
mod email_domain_leads_to_website;
mod email_domain_mapped_twice;
mod expired_suppression;
mod external_domain_without_reverse_proxy;
mod external_points_at_router;
mod external_points_elsewhere;
mod external_record_missing;
mod home_server_overloaded;
mod home_server_unreachable;
mod internal_domain_visible_outside;
mod internal_points_at_reverse_proxy;
mod internal_points_elsewhere;
mod internal_record_missing;
mod invalid_address;
mod ipv6_only;
mod lame_name_server;
mod name_not_inferable;
mod name_too_long;
mod no_domain_name;
mod no_primary_address;
mod non_ascii_local_part;
mod not_an_im_router;
mod overloaded;
mod private_address_published;
mod proxy_blocks_methods;
mod reached_through_alias;
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
mod srv_in_one_view;
mod srv_port;
mod srv_record_missing;
mod srv_service_declined;
mod srv_target_differs;
mod srv_target_is_alias;
mod srv_target_unresolvable;
mod ttl_out_of_range;
mod unaddressable_local_part;
mod unmapped_email_domain;
mod unreachable;
mod unusable_address;
mod unused_component;
mod unused_suppression;
mod vantage_point_wrong;
mod view_unreachable;
mod wildcard_answer;
mod wrong_virtual_server;
mod zone_serials_differ;
mod zone_servers_disagree;

/// All rules, sorted by id.
pub static RULES: &[&Rule] = &[
    &address_collision::RULE,
    &address_in_two_roles::RULE,
    &address_missing_from_answer::RULE,
    &already_an_im_address::RULE,
    &ambiguous_primary_address::RULE,
    &anonymous_access::RULE,
    &answer_differs_from_zone::RULE,
    &basic_auth_in_clear::RULE,
    &certificate_expiring::RULE,
    &certificate_invalid::RULE,
    &damaged_export::RULE,
    &dangling_alias::RULE,
    &directory_mismatch::RULE,
    &dnssec_bogus::RULE,
    &domain_without_router::RULE,
    &duplicate_person::RULE,
    &email_domain_does_not_exist::RULE,
    &email_domain_leads_to_website::RULE,
    &email_domain_mapped_twice::RULE,
    &expired_suppression::RULE,
    &external_domain_without_reverse_proxy::RULE,
    &external_points_at_router::RULE,
    &external_points_elsewhere::RULE,
    &external_record_missing::RULE,
    &home_server_overloaded::RULE,
    &home_server_unreachable::RULE,
    &internal_domain_visible_outside::RULE,
    &internal_points_at_reverse_proxy::RULE,
    &internal_points_elsewhere::RULE,
    &internal_record_missing::RULE,
    &invalid_address::RULE,
    &ipv6_only::RULE,
    &lame_name_server::RULE,
    &name_not_inferable::RULE,
    &name_too_long::RULE,
    &no_domain_name::RULE,
    &no_primary_address::RULE,
    &non_ascii_local_part::RULE,
    &not_an_im_router::RULE,
    &overloaded::RULE,
    &private_address_published::RULE,
    &proxy_blocks_methods::RULE,
    &reached_through_alias::RULE,
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
    &srv_in_one_view::RULE,
    &srv_port::RULE,
    &srv_record_missing::RULE,
    &srv_service_declined::RULE,
    &srv_target_differs::RULE,
    &srv_target_is_alias::RULE,
    &srv_target_unresolvable::RULE,
    &ttl_out_of_range::RULE,
    &unaddressable_local_part::RULE,
    &unmapped_email_domain::RULE,
    &unreachable::RULE,
    &unusable_address::RULE,
    &unused_component::RULE,
    &unused_suppression::RULE,
    &vantage_point_wrong::RULE,
    &view_unreachable::RULE,
    &wildcard_answer::RULE,
    &wrong_virtual_server::RULE,
    &zone_serials_differ::RULE,
    &zone_servers_disagree::RULE,
];
