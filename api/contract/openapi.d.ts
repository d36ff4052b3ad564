// Made from openapi.yaml by `npm run generate`; edit that file instead.
export interface paths {
    "/v1/access-plans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Plan a change of policy
         * @description Says what a change of policy does to all who hold something, before it comes into force: who gains and who loses which permission, where, and by which rule. The contents are linted and tested together, as createPolicyRevision does. A job makes the plan; ask getAccessPlan until its state is READY. 50 plans are kept at most, the newest, for 7 days.
         */
        post: operations["createAccessPlan"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/access-plans/{accessPlanId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an access plan
         * @description How far it is and, once it is READY, what changes for how many. Whom it concerns is said by listAccessPlanRows.
         */
        get: operations["getAccessPlan"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/access-plans/{accessPlanId}/apply": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Put what was planned into force
         * @description Puts the contents of a plan into force, where the plan still says what happens then. It is refused with 409, which says what moved, when another revision is in force, when a rail blocks it, or when more or others gain or lose than the plan says: organizations in which anything moved are planned again, 500 at most. A content that is not a stored revision takes policy:propose too, because applying stores it.
         */
        post: operations["applyAccessPlan"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/access-plans/{accessPlanId}/rows": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List whom an access plan concerns
         * @description Whom each effect of the plan meets, and where, in the order of the plan. A row with more than 100 subjects comes in parts, one behind the other, each with the count of the whole row.
         */
        get: operations["listAccessPlanRows"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies/snapshot": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Download who holds what, under pseudonyms
         * @description What an access plan reads, as lines of JSON that are compressed by gzip: states, roles, grants with their ends, open offers and the policies in force, for `tenet policy plan --against`. No name, address, reason, label or secret is in it, and ids are pseudonyms that stay the same as long as the newest encryption key of the installation does. One is sent at a time, in 10 minutes at most; more than 1,000,000 rows are refused with 403 limit-exceeded, and 50 are sent in a day. Each one is recorded. A file without its last line is not whole.
         */
        get: operations["downloadPolicySnapshot"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List your invitations
         * @description Invitations to your verified e-mail address that wait for your answer.
         */
        get: operations["listMyInvitations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/invitations/{invitationId}/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Accept an invitation
         * @description You become a member with the roles that were offered; of an invitation to a project a member gets the role there. Works for an invitation to your verified e-mail address.
         */
        post: operations["acceptInvitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/invitations/{invitationId}/decline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Decline an invitation
         * @description It is shown as declined to those who sent it.
         */
        post: operations["declineInvitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/invitations/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Accept an invitation by its token
         * @description With the token out of the mail, or of a link. Of a mail, your verified e-mail address must be the one that was invited; of a link, one of its domains if it names any. A token alone opens nothing, and one that is not for you is answered like one that there is not.
         */
        post: operations["acceptInvitationByToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/invitations/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * See what a token offers
         * @description What you get by acceptInvitationByToken with the same token, which fails as that does. Nothing changes.
         */
        post: operations["previewInvitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List members
         * @description The members of an organization with their roles in it.
         */
        get: operations["listMembers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/members/{userId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a member
         * @description One member with the roles in the organization.
         */
        get: operations["getMember"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change a member
         * @description A JSON merge patch (RFC 7396). An inactive member keeps the roles and is denied everything. Changing the state asks for `unassign` on every role that the member holds, and for `assign` on each as well when it is ACTIVE again. `disposition` says what becomes of what a member made who is switched off; each part of it asks for what its own operation asks for. `validateOnly` says first what there is.
         */
        patch: operations["updateMember"];
        trace?: never;
    };
    "/v1/organizations/{organizationId}/members/{userId}/capabilities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a member may do in an organization
         * @description The policy's answer to every permission of the organization at once, for this member and the state that they are in.
         */
        get: operations["getMemberCapabilities"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/members/{userId}/remove": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Remove a member
         * @description The membership, every API key and every grant of the member in the organization and its projects end at once. Asks for `unassign` on every role that the member holds. Some kinds of organization want the member's e-mail address as confirmation. `disposition` says what becomes of what the member made; each part of it asks for what its own operation asks for. `validateOnly` says first what there is. The owner gives the organization to another member before (`last-owner`).
         */
        post: operations["removeMember"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/leave": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Leave an organization
         * @description Your membership, every API key and every grant of yours in the organization and its projects end at once. It asks for no right to take your roles; the owner, and the last one with the top role, stay (`last-owner`). Some kinds of organization want the organization's name as confirmation. `disposition` says what becomes of what you made; each part of it asks for what its own operation asks for. `validateOnly` says first what there is.
         */
        post: operations["leaveOrganization"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/members/{userId}/sign-out": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign a member out of the organization
         * @description Tokens of the member that were issued before now are refused in this organization with 401; elsewhere they count, and so do the member's API keys, which are revoked by themselves. The answer comes when the second is over in which it was asked for, so that a sign-in after it counts. You must be allowed to take each role that the member holds.
         */
        post: operations["signOutMember"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/mfa-requirement": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether a second factor is required
         * @description Whether the organization requires a second factor, and what else its kind offers.
         */
        get: operations["getMfaRequirement"];
        /**
         * Require a second factor, or no longer
         * @description Where it is required, a sign-in without a second factor is answered 401 `mfa-required` with a challenge (RFC 9470) once the grace of the member is over; nobody is removed. The grace begins with the first requirement that a member lives through, or when they join, and is not renewed. Callers whose own grace is over are challenged instead of shut out. 400 for what the kind of organization does not offer.
         */
        put: operations["replaceMfaRequirement"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/mfa-coverage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who signs in with a second factor
         * @description The members, each with when they last used this organization after a sign-in with a second factor, and until when they have grace. It is known within a minute, and to the hour.
         */
        get: operations["getMfaCoverage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List invitations
         * @description All of them, the answered and the expired included, and those to projects.
         */
        get: operations["listInvitations"];
        put?: never;
        /**
         * Invite people
         * @description One or several people. They are offered roles in the organization and in its projects; without `roles`, the role that this kind of organization gives then, if it says one. A role template (`template`) stands for all of them. Each address has one pending invitation at most. Asks for `assign` on each role, else for `invite`, also on those of a template.
         */
        post: operations["createInvitations"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/invitations/{invitationId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an invitation
         * @description One invitation.
         */
        get: operations["getInvitation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/invitations/{invitationId}/resend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send an invitation again
         * @description With a new token and a new expiry; the old token stops working.
         */
        post: operations["resendInvitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/invitations/{invitationId}/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Revoke an invitation
         * @description Its token stops working. It stays in the list as revoked. Who may offer its roles may revoke it, and who may take them.
         */
        post: operations["revokeInvitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/projects/{projectId}/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List invitations to a project
         * @description Those that were made in the project, the answered and the expired included.
         */
        get: operations["listProjectInvitations"];
        put?: never;
        /**
         * Invite people to a project
         * @description One or several people, one role in the project, which asks for `assign` on it, else for `invite`. Who is no member of the organization becomes one by accepting, with its lowest role, unless the organization's `projectInvitesMayAddMembers` is false. Each address has one pending invitation in the organization at most.
         */
        post: operations["createProjectInvitations"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/projects/{projectId}/invitations/{invitationId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an invitation to a project
         * @description One invitation that was made in the project.
         */
        get: operations["getProjectInvitation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/projects/{projectId}/invitations/{invitationId}/resend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send an invitation again to a project
         * @description With a new token and a new expiry; the old token stops working.
         */
        post: operations["resendProjectInvitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/projects/{projectId}/invitations/{invitationId}/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Revoke an invitation to a project
         * @description Its token stops working. It stays in the list as revoked. Who may offer its roles may revoke it, and who may take them.
         */
        post: operations["revokeProjectInvitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/roles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List roles
         * @description The roles of the blueprint, then those that the organization has defined, with how many people hold each and whether you may give it.
         */
        get: operations["listRoles"];
        put?: never;
        /**
         * Define a role
         * @description For kinds of organization that let their organizations do so (`switches.customRoles` of the blueprint); elsewhere it is 409. The role carries a tier, a role of the blueprint: who may assign the tier may assign the role, if they hold everything in it. Asks for `assign` on the tier and for every permission that is put into it, where its holders have it. It holds from the next request on.
         */
        post: operations["createRole"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/roles/{roleId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a role
         * @description One role with everything it allows and denies.
         */
        get: operations["getRole"];
        /**
         * Replace a role
         * @description Says anew what a role is that the organization has defined; it holds for its holders from their next request on. Asks for `assign` and `unassign` on its tier and on its new tier, and for every permission that was in it or is put into it. A role of the blueprint stays as it is (409), and so does a manifest's.
         */
        put: operations["replaceRole"];
        post?: never;
        /**
         * Delete a role
         * @description A role that the organization has defined. Asks for `unassign` on its tier. As long as somebody holds it, it holds something itself, or pending invitations offer it, that is 409 role-in-use with what it is. A `successor` takes its place in all of them, a thousand grants at most; this asks for what giving the successor in each place asks for, and for `unassign` on every role that a holder has there. A role of the blueprint cannot be deleted (409), nor one of a manifest.
         */
        delete: operations["deleteRole"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/permission-groups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List permission groups
         * @description What a role that the organization defines can hold, for a page of checkboxes. It comes from the blueprint, and is empty where organizations of this kind define no roles.
         */
        get: operations["listPermissionGroups"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/role-presets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List role presets
         * @description Standard configurations of roles, which createRole takes by their name (`preset`). They are defined once, in the blueprint, for all organizations of this kind, and change by its review.
         */
        get: operations["listRolePresets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/role-templates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List role templates
         * @description Roles in the organization and in its projects under a name, which createInvitations takes in place of them.
         */
        get: operations["listRoleTemplates"];
        put?: never;
        /**
         * Define a role template
         * @description For kinds of organization that keep them (`switches.roleTemplates` of the blueprint); elsewhere it is 409. Without `roles` it has the role that this kind of organization gives then, if it says one. A template gives nothing by itself: whether a caller may offer its roles is asked when they invite with it.
         */
        post: operations["createRoleTemplate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/role-templates/{roleTemplateId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a role template
         * @description One template.
         */
        get: operations["getRoleTemplate"];
        /**
         * Replace a role template
         * @description Says anew what a template is. Invitations that were made with it stay as they are.
         */
        put: operations["replaceRoleTemplate"];
        post?: never;
        /**
         * Delete a role template
         * @description Invitations that were made with it stay as they are.
         */
        delete: operations["deleteRoleTemplate"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/grants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List grants in an organization
         * @description Who has which role in the organization itself.
         */
        get: operations["listGrants"];
        put?: never;
        /**
         * Give a role in an organization
         * @description Asks for `assign` on the role. The subject must be a member or a service account. This is also how a role is changed: where the blueprint knows one role for each of them here (`multipleRoles`), the new grant takes the place of the old one, which asks for `unassign` on it; elsewhere both count until one is revoked. With `from` the role counts later: what the caller may give is asked now, and the grant can be revoked before. It takes the place of none, so it is refused (409) for a role that the subject has, and, where the blueprint knows one role, for a subject that has one. A role that is given meanwhile takes its place, as that of any other; for a time alone when it ends and the other does not.
         */
        post: operations["createGrant"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/grants/{grantId}/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take a role away in an organization
         * @description Asks for `unassign` on the role. It takes effect with the next request of the subject.
         */
        post: operations["revokeGrant"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/projects/{projectId}/grants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List grants in a project
         * @description Who has which role in the project itself.
         */
        get: operations["listProjectGrants"];
        put?: never;
        /**
         * Give a role in a project
         * @description Asks for `assign` on the role. The subject is a member or a service account, or any user where the organization lets people from outside into projects (`externals`): with AUTO_ADD they become a member with the lowest role by this. This is also how a role is changed: where the blueprint knows one role for each of them here (`multipleRoles`), the new grant takes the place of the old one, which asks for `unassign` on it; elsewhere both count until one is revoked. With `from` the role counts later: what the caller may give is asked now, and the grant can be revoked before. It takes the place of none, so it is refused (409) for a role that the subject has, and, where the blueprint knows one role, for a subject that has one. A role that is given meanwhile takes its place, as that of any other; for a time alone when it ends and the other does not.
         */
        post: operations["createProjectGrant"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/projects/{projectId}/grants/{grantId}/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take a role away in a project
         * @description Asks for `unassign` on the role. It takes effect with the next request of the subject.
         */
        post: operations["revokeProjectGrant"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/access-report": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Report who has access to what in an organization
         * @description Every member, person from outside and service account, with each role that they have: in the organization or in a project, given to them or to a role of theirs, by ownership, and until when. `reachesProjects` says of a role in the organization whether it counts in each project as well. As CSV or NDJSON: createExport with ACCESS_REPORT.
         */
        get: operations["getAccessReport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/projects/{projectId}/access-report": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Report who has access to a project
         * @description Everyone who may do something in the project: by a role in it, through a role that was given one in it, or by a role in the organization that reaches projects.
         */
        get: operations["getProjectAccessReport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/invitation-links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List invitation links
         * @description All of them, those that have ended included, and those to projects, without their tokens.
         */
        get: operations["listInvitationLinks"];
        put?: never;
        /**
         * Make an invitation link
         * @description Several people join by it, each with their own account and verified address. The roles are as in an invitation and ask for the same: `assign` on each, else `invite`. At each use the policy is asked again whether the author may still offer them. The token is in this answer and in no other, a replayed one included; people send it to acceptInvitationByToken.
         */
        post: operations["createInvitationLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/invitation-links/{invitationLinkId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an invitation link
         * @description One link, without its token.
         */
        get: operations["getInvitationLink"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/invitation-links/{invitationLinkId}/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Revoke an invitation link
         * @description No person joins by it any more; who has joined stays. It asks for what revoking an invitation with its roles asks for.
         */
        post: operations["revokeInvitationLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/projects/{projectId}/invitation-links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List invitation links to a project
         * @description Those that were made in the project, without their tokens.
         */
        get: operations["listProjectInvitationLinks"];
        put?: never;
        /**
         * Make an invitation link to a project
         * @description People join by it with one role in the project, which asks for `assign` on it, else for `invite`. Who is no member of the organization becomes one with its lowest role, unless the organization's `projectInvitesMayAddMembers` is false. The token is in this answer and in no other, a replayed one included; people send it to acceptInvitationByToken.
         */
        post: operations["createProjectInvitationLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/projects/{projectId}/invitation-links/{invitationLinkId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an invitation link to a project
         * @description One link, without its token.
         */
        get: operations["getProjectInvitationLink"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/projects/{projectId}/invitation-links/{invitationLinkId}/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Revoke an invitation link to a project
         * @description No person joins by it any more; who has joined stays. It asks for what revoking an invitation with its roles asks for.
         */
        post: operations["revokeProjectInvitationLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/audit-events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List audit events
         * @description What happened in the organization, newest first; denied attempts included. All filters together: an event has to fit each of them. What a person did is found by `actor`, with a token and with each of their keys.
         */
        get: operations["listAuditEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/audit-events/verification": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Verify the audit log
         * @description Recomputes the hashes of 5,000 events, from the first one on, and says where the log does not hold. While `state` is CONTINUES, ask again with `nextPageToken`. Keep the last `hash` outside of Tenet: a person who rewrites the whole log in the database cannot make it pass through that hash again.
         */
        get: operations["verifyAuditLog"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit-events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List audit events of the platform
         * @description What operators did, and what was done outside of organizations, newest first. With `organizationId`, what is left of an organization that was purged: 404 while the organization is there, since its log is its own.
         */
        get: operations["listPlatformAuditEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit-events/verification": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Verify the audit log of the platform
         * @description As verifyAuditLog, for the log of the platform, or with `organizationId` for that of an organization that was purged.
         */
        get: operations["verifyPlatformAuditLog"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/access/v1/evaluation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask for a decision
         * @description One question. About yourself it needs decision:evaluate-self, about others decision:evaluate in the organization or project. Callers who may explain decisions there get the reason too. Every caller gets it when the question names no possible place, or lacks the `organizationId` for what is asked in organizations.
         */
        post: operations["evaluate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/access/v1/evaluations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask for many decisions
         * @description Up to 100 questions, answered in their order. What a question leaves open is taken from the members of the same name above the questions, as a whole; a subject or resource without a type takes only that from there. Without `evaluations` it is one question, as for evaluate. A question that cannot be asked, or not by you, is answered false and leaves the others alone; `options.include_context` says why.
         */
        post: operations["evaluateMany"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/access/v1/search/subject": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Who may do this
         * @description Who may do this: users, service accounts or API keys that may do the action on the resource, by id. Needs decision:search in the organization or project. You see yourself and whom you may list there: users and service accounts by member:list, service-account:list or access-report:read, API keys by api-key:list; `context.withheld` counts the others. Not for the platform. A page may hold fewer results than `page.limit`, or none, and still have a `next_token`.
         */
        post: operations["searchSubjects"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/access/v1/search/resource": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Where the subject may do this
         * @description Where the subject may do this: organizations and active projects in which the action on this type is allowed. The `id` is that of the organization or project for these two types, and `*` for all resources of another type in the place that `properties` name. Without `properties.organizationId` these are the organizations that you are a member of. About others it needs decision:search in the organization or project.
         */
        post: operations["searchResources"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/access/v1/search/action": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What the subject may do
         * @description What the subject may do with the resource, in the order of the vocabulary. About others it needs decision:search in the organization or project.
         */
        post: operations["searchActions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/.well-known/authzen-configuration": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Where decisions are made
         * @description Metadata of the AuthZEN Authorization API 1.0.
         */
        get: operations["getAuthzenConfiguration"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/.well-known/jwks.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Keys that signatures of this installation are checked with
         * @description A JWK Set (RFC 7517) with the public keys of `signed_metadata`, the one that signs now first. There is one for each key of the keyring, so that a signature stays good while its key is in the ring.
         */
        get: operations["getSigningKeys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/access/v1/evaluation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask for a decision in an organization
         * @description One question. About yourself it needs decision:evaluate-self, about others decision:evaluate in the organization or project. Callers who may explain decisions there get the reason too. The organization is that of the path; `resource.properties.projectId` names one of its projects, and a resource that names another organization is in no place.
         */
        post: operations["evaluateInOrganization"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/access/v1/evaluations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask for many decisions in an organization
         * @description As evaluateMany. The organization is that of the path; `resource.properties.projectId` names one of its projects, and a resource that names another organization is in no place.
         */
        post: operations["evaluateManyInOrganization"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/access/v1/search/subject": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Who may do this in an organization
         * @description As searchSubjects. The organization is that of the path; `resource.properties.projectId` names one of its projects, and a resource that names another organization is in no place.
         */
        post: operations["searchSubjectsInOrganization"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/access/v1/search/resource": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Where the subject may do this in an organization
         * @description As searchResources. The organization is that of the path; `resource.properties.projectId` names one of its projects, and a resource that names another organization is in no place.
         */
        post: operations["searchResourcesInOrganization"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/access/v1/search/action": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What the subject may do in an organization
         * @description As searchActions. The organization is that of the path; `resource.properties.projectId` names one of its projects, and a resource that names another organization is in no place.
         */
        post: operations["searchActionsInOrganization"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/.well-known/authzen-configuration/v1/organizations/{organizationId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Where decisions in an organization are made
         * @description Metadata of the AuthZEN Authorization API 1.0 for the decision point of one organization, whose base URL ends with its path. It is the same for an organization that does not exist.
         */
        get: operations["getOrganizationAuthzenConfiguration"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/billing-profile": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the billing profile
         * @description Name in law, address, tax number, and the e-mail addresses that invoices and alerts go to. Where the kind of organization has `legalName`, `invoicingEmail` or `alertingEmail` as fields of the organization, they are shown here too.
         */
        get: operations["getBillingProfile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change the billing profile
         * @description A JSON merge patch (RFC 7396): what is absent stays, null takes away, and `emails` is replaced as a whole. What is a field of the organization is changed by updateOrganization: another `legalName` is refused here, and its addresses stay in `emails` whatever is sent.
         */
        patch: operations["updateBillingProfile"];
        trace?: never;
    };
    "/v1/organizations/{organizationId}/service-accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List service accounts of an organization
         * @description Those that belong to the organization itself, oldest first.
         */
        get: operations["listServiceAccounts"];
        put?: never;
        /**
         * Make a service account in an organization
         * @description It holds no role until it is given one by a grant.
         */
        post: operations["createServiceAccount"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/service-accounts/{serviceAccountId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a service account of an organization
         * @description One service account.
         */
        get: operations["getServiceAccount"];
        put?: never;
        post?: never;
        /**
         * Delete a service account of an organization
         * @description Its grants and its keys end at once. Asks for `unassign` on every role that it holds.
         */
        delete: operations["deleteServiceAccount"];
        options?: never;
        head?: never;
        /**
         * Change a service account of an organization
         * @description A JSON merge patch (RFC 7396) of its name and its description.
         */
        patch: operations["updateServiceAccount"];
        trace?: never;
    };
    "/v1/organizations/{organizationId}/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List API keys of an organization
         * @description Those that are bound to the organization itself, without their secrets; oldest first unless `orderBy` says otherwise.
         */
        get: operations["listApiKeys"];
        put?: never;
        /**
         * Make an API key in an organization
         * @description It reaches what its owner reaches in the organization and in its projects. Its authority is that of its owner at the time of each request, within its scopes if it has any. The secret is in this answer and in no other, a replayed one included. For a service account it asks for `assign` on every role that the account holds. With `policyStoreId`, a store of one of its projects, it asks that store and does nothing else: at `/access/v1` the store answers it.
         */
        post: operations["createApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/api-keys/{apiKeyId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an API key of an organization
         * @description One key, without its secret.
         */
        get: operations["getApiKey"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change an API key of an organization
         * @description A JSON merge patch (RFC 7396) of its name, of where it may be used from (none: anywhere) and, where its kind lets them be chosen, of its scopes. They count from the next request on.
         */
        patch: operations["updateApiKey"];
        trace?: never;
    };
    "/v1/organizations/{organizationId}/api-keys/{apiKeyId}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give an API key of an organization a new secret
         * @description The secret before works for the overlap, and `previousSecret` says who still uses it; with an overlap of 0 it ends at once. An older one ends in any case. The new secret is in this answer and in no other. For the key of another owner it asks for `assign` on every role that the owner holds. Of several rotations at once one succeeds: the others have an old ETag.
         */
        post: operations["rotateApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/api-keys/{apiKeyId}/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Revoke an API key of an organization
         * @description Its next request is refused, for ever.
         */
        post: operations["revokeApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/projects/{projectId}/service-accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List service accounts of a project
         * @description Those that belong to the project itself, oldest first.
         */
        get: operations["listProjectServiceAccounts"];
        put?: never;
        /**
         * Make a service account in a project
         * @description It holds no role until it is given one by a grant, and only in this project.
         */
        post: operations["createProjectServiceAccount"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/projects/{projectId}/service-accounts/{serviceAccountId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a service account of a project
         * @description One service account.
         */
        get: operations["getProjectServiceAccount"];
        put?: never;
        post?: never;
        /**
         * Delete a service account of a project
         * @description Its grants and its keys end at once. Asks for `unassign` on every role that it holds.
         */
        delete: operations["deleteProjectServiceAccount"];
        options?: never;
        head?: never;
        /**
         * Change a service account of a project
         * @description A JSON merge patch (RFC 7396) of its name and its description.
         */
        patch: operations["updateProjectServiceAccount"];
        trace?: never;
    };
    "/v1/organizations/{organizationId}/projects/{projectId}/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List API keys of a project
         * @description Those that are bound to the project itself, without their secrets; oldest first unless `orderBy` says otherwise.
         */
        get: operations["listProjectApiKeys"];
        put?: never;
        /**
         * Make an API key in a project
         * @description It reaches this project and nothing else. Its authority is that of its owner at the time of each request, within its scopes if it has any. The secret is in this answer and in no other, a replayed one included. For a service account it asks for `assign` on every role that the account holds. With `policyStoreId`, a store of the project, it asks that store and does nothing else: at `/access/v1` the store answers it.
         */
        post: operations["createProjectApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/projects/{projectId}/api-keys/{apiKeyId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an API key of a project
         * @description One key, without its secret.
         */
        get: operations["getProjectApiKey"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change an API key of a project
         * @description A JSON merge patch (RFC 7396) of its name, of where it may be used from (none: anywhere) and, where its kind lets them be chosen, of its scopes. They count from the next request on.
         */
        patch: operations["updateProjectApiKey"];
        trace?: never;
    };
    "/v1/organizations/{organizationId}/projects/{projectId}/api-keys/{apiKeyId}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give an API key of a project a new secret
         * @description The secret before works for the overlap, and `previousSecret` says who still uses it; with an overlap of 0 it ends at once. An older one ends in any case. The new secret is in this answer and in no other. For the key of another owner it asks for `assign` on every role that the owner holds. Of several rotations at once one succeeds: the others have an old ETag.
         */
        post: operations["rotateProjectApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/projects/{projectId}/api-keys/{apiKeyId}/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Revoke an API key of a project
         * @description Its next request is refused, for ever.
         */
        post: operations["revokeProjectApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/leaked-credentials": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Report a leaked API key
         * @description For people who find a key where it should not be: it is revoked at once. The key itself is the proof, so no sign-in is needed. A secret that was rotated away and opens nothing any more changes nothing. The answer is the same whether or not there is such a key.
         */
        post: operations["reportLeakedCredential"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/exports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List exports
         * @description Those that have not expired, oldest first, with how far each is.
         */
        get: operations["listExports"];
        put?: never;
        /**
         * Export audit events or the access report
         * @description A job makes the file. Ask getExport until its state is READY, then downloadExport. Asks for what is exported too: `audit-event:list` and `audit-event:export`, or `access-report:read`; the job asks again with each part that it writes, and fails once the requester has lost one of them. An organization has 20 exports at most, and each is deleted after 7 days.
         */
        post: operations["createExport"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/exports/{exportId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an export
         * @description What it is and how far it is.
         */
        get: operations["getExport"];
        put?: never;
        post?: never;
        /**
         * Delete or cancel an export
         * @description Its content is deleted. If it is still being made, that ends.
         */
        delete: operations["deleteExport"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/exports/{exportId}/content": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Download an export
         * @description The file, once the export is READY. Asks again for what is exported, as createExport does. Each download is recorded. In CSV, a text that a spreadsheet would take for a formula has an apostrophe in front, also behind a semicolon or the end of a line.
         */
        get: operations["downloadExport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List organizations
         * @description The organizations that you belong to and may read now; one that requires a second factor is not among them without it, and `GET /v1/me/organizations` has it. Operators of the platform see all, and the deleted ones with state=DELETED.
         */
        get: operations["listOrganizations"];
        put?: never;
        /**
         * Create an organization
         * @description You become its owner. The slug is made from the name when you send none; it is unique in the installation. `switches.profile` of the blueprint says which further fields the kind of organization has, which of them it demands, and which stay as they are once they are set.
         */
        post: operations["createOrganization"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an organization
         * @description One organization that you belong to.
         */
        get: operations["getOrganization"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change an organization
         * @description A JSON merge patch (RFC 7396): what is absent stays, and null takes away a field that the blueprint does not demand. `externals` is refused with 409 while people from outside hold grants that would not be allowed any more, unless `revokeExternalGrants` ends them, which asks for `unassign` on their roles in those projects.
         */
        patch: operations["updateOrganization"];
        trace?: never;
    };
    "/v1/organizations/{organizationId}/delete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Delete an organization
         * @description It is gone at once, with its projects, and its slug is free. An operator can restore it until it is purged, 30 days later unless the installation says otherwise; its audit log stays. Some kinds of organization want its name as confirmation.
         */
        post: operations["deleteOrganization"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/suspend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Suspend an organization
         * @description For operators. It can be looked at and nothing in it changes, until an operator resumes it; its members read the reason.
         */
        post: operations["suspendOrganization"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Resume a suspended organization
         * @description For operators. It is as it was; one that was archived besides stays archived.
         */
        post: operations["resumeOrganization"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/archive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Archive an organization
         * @description It can be looked at and nothing in it changes, until it is taken out of the archive.
         */
        post: operations["archiveOrganization"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/unarchive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take an organization out of the archive
         * @description It is as it was. What an operator has suspended, an operator resumes.
         */
        post: operations["unarchiveOrganization"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Restore a deleted organization
         * @description For operators, until it is purged. It comes back with everything that was in it, under the slug that it had or the one that you send.
         */
        post: operations["restoreOrganization"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/purge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Purge a deleted organization
         * @description For operators. It is forgotten for good, now and not after the grace; its audit log stays.
         */
        post: operations["purgeOrganization"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/entitlements": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the entitlements of an organization
         * @description For operators. What its plan includes.
         */
        get: operations["getEntitlements"];
        /**
         * Replace the entitlements of an organization
         * @description For operators. Without what its kind asks for, it can be looked at, and it grows no more.
         */
        put: operations["replaceEntitlements"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/{userId}/entitlements": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the entitlements of an account
         * @description For operators. What its plan includes.
         */
        get: operations["getUserEntitlements"];
        /**
         * Replace the entitlements of an account
         * @description For operators. Says which kinds of organization the account may create; what it has created stays as it is.
         */
        put: operations["replaceUserEntitlements"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/projects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List projects
         * @description The projects of an organization that you may read; with state=DELETED the deleted ones that you may restore.
         */
        get: operations["listProjects"];
        put?: never;
        /**
         * Create a project
         * @description The slug is made from the name when you send none; it is unique in the organization. Where this kind of organization has no projects (`projects: none` in its blueprint) it is 409.
         */
        post: operations["createProject"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/projects/{projectId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a project
         * @description One project.
         */
        get: operations["getProject"];
        put?: never;
        post?: never;
        /**
         * Delete a project
         * @description It is gone at once, with the grants and keys in it. Whoever has project:restore can restore it until it is purged, unless the blueprint says `restorable: false`. Where the blueprint says `only-without-grants`, it is 409 grants-remain as long as a person or a role has access to it.
         */
        delete: operations["deleteProject"];
        options?: never;
        head?: never;
        /**
         * Change a project
         * @description A JSON merge patch (RFC 7396): what is absent stays.
         */
        patch: operations["updateProject"];
        trace?: never;
    };
    "/v1/organizations/{organizationId}/projects/{projectId}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Restore a deleted project
         * @description Until it is purged. It comes back under the slug that it had or the one that you send, with the grants that ended by its deletion, but not those of people who have left since. Its API keys stay revoked.
         */
        post: operations["restoreProject"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/hand-over": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the consent to a manifest
         * @description The manifest that may take the organization over, or look at it.
         */
        get: operations["getHandOver"];
        /**
         * Consent to a manifest
         * @description Names the one manifest that may take the organization over (ADOPT) or look at it (OBSERVE), in place of the one that was named before. A consent to take over ends when it is used; without one no manifest takes over or shows what no manifest made.
         */
        put: operations["replaceHandOver"];
        post?: never;
        /**
         * Withdraw the consent to a manifest
         * @description What a manifest has taken over already stays with it.
         */
        delete: operations["withdrawHandOver"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/projects/{projectId}/hand-over": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the consent to a manifest
         * @description The manifest that may take the project over, or look at it.
         */
        get: operations["getProjectHandOver"];
        /**
         * Consent to a manifest
         * @description Names the one manifest that may take the project over (ADOPT) or look at it (OBSERVE), in place of the one that was named before. A consent to take over ends when it is used; without one no manifest takes over or shows what no manifest made. It counts as long as who gave it may give it. Where a manifest owns the project, ADOPT needs organization:hand-over too.
         */
        put: operations["replaceProjectHandOver"];
        post?: never;
        /**
         * Withdraw the consent to a manifest
         * @description What a manifest has taken over already stays with it.
         */
        delete: operations["withdrawProjectHandOver"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/ownership-transfers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List ownership transfers
         * @description Those that you made or that were made to you; all of them for who may transfer the ownership.
         */
        get: operations["listOwnershipTransfers"];
        put?: never;
        /**
         * Offer the ownership to another member
         * @description The recipient is an active member who holds the top role of the organization without an end. They get a mail, and have seven days to accept or decline. Until they accept you stay the owner; afterwards you keep your roles. One offer of an organization is pending at most.
         */
        post: operations["createOwnershipTransfer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/ownership-transfers/{transferId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an ownership transfer
         * @description One that you made or that was made to you; any of them for who may transfer the ownership.
         */
        get: operations["getOwnershipTransfer"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/ownership-transfers/{transferId}/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Accept the ownership
         * @description You become the owner, if you still hold the top role and who offered it still owns the organization.
         */
        post: operations["acceptOwnershipTransfer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/ownership-transfers/{transferId}/decline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Decline the ownership
         * @description The organization stays with its owner.
         */
        post: operations["declineOwnershipTransfer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/ownership-transfers/{transferId}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take an offer back
         * @description It cannot be accepted any more. Doing it again changes nothing.
         */
        post: operations["cancelOwnershipTransfer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who you are
         * @description The user behind your token. The first request of a new user creates the record.
         */
        get: operations["getMe"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change your name
         * @description A JSON merge patch (RFC 7396): what is absent stays, null clears.
         */
        patch: operations["updateMe"];
        trace?: never;
    };
    "/v1/me/sign-out-everywhere": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign out everywhere
         * @description Your tokens that were issued before now are refused with 401, the one of this request among them; API keys are revoked by themselves. The answer comes when the second is over in which it was asked for, so that a sign-in after it counts. Sign out at your identity provider as well where a session there must not issue another token.
         */
        post: operations["signOutEverywhere"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/organizations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List your organizations
         * @description Every organization that you belong to, with your roles in it and what you may do there. `logoUrl` is there once the picture is accepted.
         */
        get: operations["listMyOrganizations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List users
         * @description For operators. The people who have called this installation, in the order of their ids.
         */
        get: operations["listUsers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/{userId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a user
         * @description For operators.
         */
        get: operations["getUser"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/{userId}/suspend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Suspend a user
         * @description For operators. Everything is refused to the person from now on, with tokens and with API keys of theirs, on every replica, until an operator resumes them; what they hold stays. You must be allowed to take each role of the platform that they hold, and an active person who may give these must remain.
         */
        post: operations["suspendUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/{userId}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Resume a suspended user
         * @description For operators. They hold again what they held. You must be allowed to give each role of the platform that they hold.
         */
        post: operations["resumeUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/{userId}/sign-out": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign out a user everywhere
         * @description For operators. Tokens of the person that were issued before now are refused with 401; API keys are revoked by themselves. The answer comes when the second is over in which it was asked for, so that a sign-in after it counts. You must be allowed to take each role of the platform that they hold.
         */
        post: operations["signOutUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operators": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List operators
         * @description The people who hold roles of the platform, in the order of their ids.
         */
        get: operations["listOperators"];
        put?: never;
        /**
         * Add an operator
         * @description Gives roles of the platform to a person who has called this installation before; roles that they hold already stay. You must be allowed to give each of them. The first operator comes from the command line: `tenet operator add`.
         */
        post: operations["addOperator"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operators/{userId}/remove": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Remove an operator
         * @description Takes roles of the platform from a person, all of them unless some are named. Who may not ask for support access any more is out of every organization that has let them in. You must be allowed to take each of the roles, and an active person who may give them must remain.
         */
        post: operations["removeOperator"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/capabilities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What you may do in an organization
         * @description The policy's answer to every permission at once, for the caller.
         */
        get: operations["getCapabilities"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/projects/{projectId}/capabilities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What you may do in a project
         * @description The policy's answer to every permission at once, for the caller.
         */
        get: operations["getProjectCapabilities"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/blueprints": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List blueprints
         * @description The kinds of organization that this installation knows.
         */
        get: operations["listBlueprints"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/blueprints/{blueprintName}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a blueprint
         * @description Its roles, resource types, switches and the whole matrix.
         */
        get: operations["getBlueprint"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/policy-bundle": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the policy of an organization for any Casbin
         * @description What is in force for the organization and who holds what in it now, as the model and the policy of stock Casbin: `enforce(subject, place, resource type, action)` answers as evaluate does. `leftOut` says what a bundle cannot hold. An organization of more than 50,000 rows of a kind is refused with 403 limit-exceeded.
         */
        get: operations["getPolicyBundle"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List policy scopes
         * @description Every scope with the revision that is in force.
         */
        get: operations["listPolicyScopes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies/{scope}/revisions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List revisions
         * @description The revisions of one scope, newest first, without their rules.
         */
        get: operations["listPolicyRevisions"];
        put?: never;
        /**
         * Propose a revision
         * @description Lints and tests the rules, then stores them as a new revision. What is in force stays in force. The same content as an existing revision gives that revision.
         */
        post: operations["createPolicyRevision"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies/{scope}/revisions/{revision}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a revision
         * @description One revision with its rules.
         */
        get: operations["getPolicyRevision"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies/{scope}/lint": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Lint rules
         * @description Says everything that is wrong with rules, together with the other scopes in force. Nothing is stored. Parts that cannot be read at all are refused with 400.
         */
        post: operations["lintPolicy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies/{scope}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Test rules
         * @description Runs the tests of rules, together with the other scopes in force. Nothing is stored. Rules that cannot be read at all are refused with 400.
         */
        post: operations["testPolicy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies/{scope}/diff": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Compare two revisions
         * @description Compares what two revisions of a scope mean, beside the other scopes in force, and says for each role whether it gives more, less or both, with the permissions and the rules that decide. How rules are written or ordered makes no difference.
         */
        post: operations["diffPolicy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies/{scope}/head": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get what is in force
         * @description The revision of the scope that decides now, and the ETag that replacing it needs.
         */
        get: operations["getPolicyHead"];
        /**
         * Put a revision in force
         * @description Moves the head, forwards or back, when it is still where you saw it. A revision that lacks a role which is held or offered is refused with 409, unless `roleMapping` says what becomes of it.
         */
        put: operations["replacePolicyHead"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies/{scope}/rollback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Go back to an earlier revision
         * @description Puts what was in force before into force again, or the revision that you name, and adds an entry to the history. Called again, it goes further back. While a rollout is open it cancels that at once instead, and what is in force stays. It is checked as every activation is; a revision that lacks a role which is held or offered is refused with 409, unless `roleMapping` says what becomes of it.
         */
        post: operations["rollbackPolicy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies/{scope}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what was in force
         * @description Each revision that was put into force in one scope, and each stage of its rollouts, newest first, with who did it, how and why. The `revision` of the first entry is what is in force now.
         */
        get: operations["getPolicyHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies/{scope}/replicas": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List replicas
         * @description The servers that run now, each with the revision of the scope that decides there, and whether that is the one in force (`isCurrent`). A server reports within a moment when a policy changes and every 5 seconds; one that has not done so for 15 seconds is not listed any more. Rules of organizations have no replicas here. They follow the roles of their organization and are read with each request.
         */
        get: operations["listPolicyReplicas"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/decisions/explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Explain a decision
         * @description Decides and says why: the rule with its file and line, the roles and where each came from, and for a denial the roles that would allow it.
         */
        post: operations["explainDecision"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/decisions/who-can": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Who may do something
         * @description The users, the service accounts or the API keys that may do something in the organization, or in one of its projects, by id, each with the rule that says so. You see yourself and whom you may list there: users and service accounts by member:list, service-account:list or access-report:read, API keys by api-key:list. The others are counted in `withheld`. A page may hold fewer items than you asked for, or none; there is more where it has a `nextPageToken`.
         */
        post: operations["whoCan"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/decisions/what-can": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What a subject may do
         * @description The policy's answer to every permission at once, for a user, a service account or an API key, in the organization or in one of its projects.
         */
        post: operations["whatCan"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/decisions/{decisionId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a decision
         * @description The explanation of a denial, found by the `decisionId` of its 403 for 30 days, and of any other decision that is in the decision log, for as long as the log is kept. Where an installation keeps no log (TENET_DECISION_LOG_SHARE), ask explainDecision the question of an answer of evaluate again.
         */
        get: operations["getDecision"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies/{scope}/replays": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take recorded decisions again
         * @description Takes the decisions of the decision log again with a revision that is stored, or a content, in the place of the one that decided, and says which come out the other way, whom they concern and when they were last used. Other scopes decide as they are in force now. Stock Casbin confirms what comes out the other way, and that the log says what its own revisions decide. Nothing is stored. `coverage` says what the log has of the time: where it has only a share, or nothing, no flip means little. The rules of an organization follow its roles and have no replay.
         */
        post: operations["replayDecisions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies/{scope}/rollouts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List rollouts
         * @description The rollouts of one scope, newest first, with what the comparison has found.
         */
        get: operations["listPolicyRollouts"];
        put?: never;
        /**
         * Begin a rollout
         * @description A stored revision, the candidate, comes into force in stages. It is linted, tested and checked for a signature first, as an activation is. In the stage SHADOW it decides nothing and is compared with the revision in force; in CANARY it decides in the organizations that `canary` names, which takes a candidate whose blueprint is the one in force. As long as the rollout is open nothing else comes into force in the scope, and a second one is refused with 409.
         */
        post: operations["createPolicyRollout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies/{scope}/rollouts/{rolloutId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a rollout
         * @description Its stage, and what the comparison has found so far.
         */
        get: operations["getPolicyRollout"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies/{scope}/rollouts/{rolloutId}/promote": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Promote a rollout
         * @description Moves an open rollout on: to CANARY, or with a greater canary than it has, or to ALL, which puts the candidate into force everywhere with the checks of every activation. It is refused with 409, which says the figures, when fewer decisions were compared than the gates ask for, or more of them differed than they allow; `force` promotes all the same, and the audit log says so.
         */
        post: operations["promotePolicyRollout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies/{scope}/rollouts/{rolloutId}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel a rollout
         * @description Ends an open rollout at once: the revision in force decides everywhere. Another one may begin.
         */
        post: operations["cancelPolicyRollout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/projects/{projectId}/policy-stores": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List policy stores
         * @description The stores of the project, oldest first.
         */
        get: operations["listPolicyStores"];
        put?: never;
        /**
         * Create a policy store
         * @description A place for the policy of an application. It answers every question with a denial until a revision is put into force.
         */
        post: operations["createPolicyStore"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/projects/{projectId}/policy-stores/{policyStoreId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a policy store
         * @description One store, without its policy.
         */
        get: operations["getPolicyStore"];
        put?: never;
        post?: never;
        /**
         * Delete a policy store
         * @description Deletes the store with its revisions and entities, for good. The API keys that are bound to it are revoked.
         */
        delete: operations["deletePolicyStore"];
        options?: never;
        head?: never;
        /**
         * Rename a policy store
         * @description Changes its name or description.
         */
        patch: operations["updatePolicyStore"];
        trace?: never;
    };
    "/v1/organizations/{organizationId}/projects/{projectId}/policy-stores/{policyStoreId}/revisions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the revisions of a policy store
         * @description Newest first, without their files.
         */
        get: operations["listPolicyStoreRevisions"];
        put?: never;
        /**
         * Propose a revision of a policy store
         * @description Checks the files, runs their tests and stores them as a new revision. What is in force stays in force. The same files as those of the newest revision give that revision.
         */
        post: operations["createPolicyStoreRevision"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/projects/{projectId}/policy-stores/{policyStoreId}/revisions/{revision}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a revision of a policy store
         * @description One revision with its files.
         */
        get: operations["getPolicyStoreRevision"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/projects/{projectId}/policy-stores/{policyStoreId}/head": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get what is in force in a policy store
         * @description The revision that decides now, none at first, and the ETag that replacing it needs.
         */
        get: operations["getPolicyStoreHead"];
        /**
         * Put a revision of a policy store into force
         * @description Moves the head, forwards or back, when it is still where you saw it. The revision is checked and tested again before.
         */
        put: operations["replacePolicyStoreHead"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/projects/{projectId}/policy-stores/{policyStoreId}/rollback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Go back to an earlier revision of a policy store
         * @description Puts what was in force before into force again, or the revision that you name, and adds an entry to the history. Called again, it goes further back. The revision is checked and tested again before.
         */
        post: operations["rollbackPolicyStore"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/projects/{projectId}/policy-stores/{policyStoreId}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what was in force in a policy store
         * @description Each revision that was put into force, newest first, with who did it, how and why. The first entry is what decides now.
         */
        get: operations["getPolicyStoreHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/projects/{projectId}/policy-stores/{policyStoreId}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Test files for a policy store
         * @description Runs the tests of the files and says which rows no test looks at. Nothing is stored. Files that cannot be read are refused with 400.
         */
        post: operations["testPolicyStore"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/projects/{projectId}/policy-stores/{policyStoreId}/plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Plan a change of a policy store
         * @description Says what a revision, or files that nothing has stored, would change for the entities of the store: who gains or loses what, by which rows before and after. Questions are asked without context and without properties that the store does not keep; answers that a context may change are counted apart. 1,000 questions, or as many as bounded time allows, are decided again by stock Casbin. The same data gives the same answer. Where there are more entities than a plan looks at, `isComplete` is false.
         */
        post: operations["planPolicyStore"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/projects/{projectId}/policy-stores/{policyStoreId}/diff": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Compare two revisions of a policy store
         * @description Compares what two revisions mean, or files and what is in force, for the entities and cases of their tests: what is allowed by one and denied by the other, by which rows. How rows are written or ordered makes no difference.
         */
        post: operations["diffPolicyStoreRevisions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/projects/{projectId}/policy-stores/{policyStoreId}/lint": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Check files for a policy store
         * @description Says everything that is wrong with the files. Nothing is stored.
         */
        post: operations["lintPolicyStore"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/projects/{projectId}/policy-stores/{policyStoreId}/access/v1/evaluation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask a policy store for a decision
         * @description One question in the words of AuthZEN 1.0, about subjects and resources of the application. Properties that the store keeps of them win over those of the question. `options.include_context` says which rules decided.
         */
        post: operations["evaluateInStore"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/projects/{projectId}/policy-stores/{policyStoreId}/entities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List entities of a policy store
         * @description The entities by type and id, or those of one type.
         */
        get: operations["listPolicyStoreEntities"];
        put?: never;
        /**
         * Write entities of a policy store
         * @description Adds entities, or replaces the properties of those that are there, all of them or none. Others stay as they are.
         */
        post: operations["writePolicyStoreEntities"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/projects/{projectId}/policy-stores/{policyStoreId}/entities/{entityType}/{entityId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an entity of a policy store
         * @description One entity with its properties.
         */
        get: operations["getPolicyStoreEntity"];
        put?: never;
        post?: never;
        /**
         * Delete an entity of a policy store
         * @description Questions about it go on with the properties that they bring.
         */
        delete: operations["deletePolicyStoreEntity"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/projects/{projectId}/policy-stores/{policyStoreId}/access/v1/evaluations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask a policy store for many decisions
         * @description Up to 100 questions, answered in their order. What a question leaves open is taken from the members of the same name above the questions, as a whole; a subject or resource without a type takes only that from there. Without `evaluations` it is one question, as for evaluateInStore. A question that cannot be asked is answered false and leaves the others alone; `options.include_context` says why.
         */
        post: operations["evaluateManyInStore"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/projects/{projectId}/policy-stores/{policyStoreId}/access/v1/search/subject": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Who may do this, by a policy store
         * @description Entities of the store, of the type that is asked for, that may do the action on the resource, by id. A page may hold fewer results than `page.limit`, or none, and still have a `next_token`.
         */
        post: operations["searchSubjectsInStore"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/projects/{projectId}/policy-stores/{policyStoreId}/access/v1/search/resource": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What the subject may do this with, by a policy store
         * @description Entities of the store, of the type that is asked for, on which the subject may do the action, by id. A page may hold fewer results than `page.limit`, or none, and still have a `next_token`.
         */
        post: operations["searchResourcesInStore"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/projects/{projectId}/policy-stores/{policyStoreId}/access/v1/search/action": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What the subject may do, by a policy store
         * @description The actions, of those that the policy names for the type of the resource, that the subject may do on it, by name.
         */
        post: operations["searchActionsInStore"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/.well-known/authzen-configuration/v1/organizations/{organizationId}/projects/{projectId}/policy-stores/{policyStoreId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Where a policy store decides
         * @description Metadata of the AuthZEN Authorization API 1.0 for the decision point of one policy store, whose base URL ends with its path. It is the same for a store that does not exist.
         */
        get: operations["getStoreAuthzenConfiguration"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/resource-types": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the resource types of an organization
         * @description Those of which this kind of organization keeps resources, with the schema of each. Their groups are those of listResourceGroups.
         */
        get: operations["listResourceTypes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/resource-groups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the groups of resource types
         * @description The hierarchy in which a user interface shows the resource types of this kind of organization, and what of the platform belongs to each part. It decides nothing.
         */
        get: operations["listResourceGroups"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/resource-types/{resourceType}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a resource type
         * @description Its fields, with who is shown them, and the JSON Schema of `data` for those who make and change resources.
         */
        get: operations["getResourceType"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/resources/{resourceType}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List resources of an organization
         * @description The resources of a type in the organization itself: the summary of each, oldest first unless `orderBy` says otherwise.
         */
        get: operations["listResources"];
        put?: never;
        /**
         * Create a resource in an organization
         * @description `data` has to fit the schema that getResourceType shows. The answer has what lists show: who may make a resource need not be allowed to read it. There are 10,000 resources of a type in one place at most.
         */
        post: operations["createResource"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/resources/{resourceType}/{resourceId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a resource of an organization
         * @description The resource with its details. Sensitive fields are named and not shown.
         */
        get: operations["getResource"];
        put?: never;
        post?: never;
        /**
         * Delete a resource of an organization
         * @description It is gone for good.
         */
        delete: operations["deleteResource"];
        options?: never;
        head?: never;
        /**
         * Update a resource of an organization
         * @description `data` is merged into what is there, and the whole has to fit the schema that getResourceType shows; a sensitive field is replaced as a whole. The answer has what lists show.
         */
        patch: operations["updateResource"];
        trace?: never;
    };
    "/v1/organizations/{organizationId}/resources/{resourceType}/{resourceId}/reveal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Show sensitive fields of a resource
         * @description The values of the sensitive fields of a resource in the organization itself, but for those that are write-only. Each time is recorded.
         */
        post: operations["revealResource"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/projects/{projectId}/resources/{resourceType}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List resources of a project
         * @description The resources of a type in the project: the summary of each, oldest first unless `orderBy` says otherwise. Of a type that is made in the organization alone, the list has those of the organization.
         */
        get: operations["listProjectResources"];
        put?: never;
        /**
         * Create a resource in a project
         * @description `data` has to fit the schema that getResourceType shows. The answer has what lists show: who may make a resource need not be allowed to read it. There are 10,000 resources of a type in one place at most.
         */
        post: operations["createProjectResource"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/projects/{projectId}/resources/{resourceType}/{resourceId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a resource of a project
         * @description The resource with its details. Sensitive fields are named and not shown.
         */
        get: operations["getProjectResource"];
        put?: never;
        post?: never;
        /**
         * Delete a resource of a project
         * @description It is gone for good.
         */
        delete: operations["deleteProjectResource"];
        options?: never;
        head?: never;
        /**
         * Update a resource of a project
         * @description `data` is merged into what is there, and the whole has to fit the schema that getResourceType shows; a sensitive field is replaced as a whole. The answer has what lists show.
         */
        patch: operations["updateProjectResource"];
        trace?: never;
    };
    "/v1/organizations/{organizationId}/projects/{projectId}/resources/{resourceType}/{resourceId}/reveal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Show sensitive fields of a resource
         * @description The values of the sensitive fields of a resource in the project, but for those that are write-only. Each time is recorded.
         */
        post: operations["revealProjectResource"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/restrictions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List restrictions
         * @description What is switched off now, oldest first.
         */
        get: operations["listRestrictions"];
        put?: never;
        /**
         * Switch something off
         * @description Switches off a type of resource, or one resource of it: in the whole organization, in the listed projects, or in all projects but these. From the next decision on, on every replica, the policy is asked as if everyone were in the state `state/resource-disabled` there; its rows say what that denies. The types that can be switched off are those with `restrictable` in the blueprint. An organization has 200 restrictions at most.
         */
        post: operations["createRestriction"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/restrictions/{restrictionId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a restriction
         * @description What is switched off, where, by whom and why. One that was lifted is not found any more; the audit log has it.
         */
        get: operations["getRestriction"];
        put?: never;
        post?: never;
        /**
         * Switch it on again
         * @description Lifts the restriction. What another one switches off stays so.
         */
        delete: operations["deleteRestriction"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List settings of an organization
         * @description The settings of the organization that the caller may read, each with its value and where that comes from.
         */
        get: operations["listSettings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/settings/{settingKey}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a setting of an organization
         * @description One setting, with the value that counts and where it comes from. The ETag changes with everything that is said here, so also when a level above changes.
         */
        get: operations["getSetting"];
        /**
         * Set a setting of an organization
         * @description Sets the value of the organization. In the mode LIVE it counts at once in every project without a value of its own; in the mode SNAPSHOT projects that are made from now on take it over. With `isLocked` no project has a value of its own.
         */
        put: operations["replaceSetting"];
        post?: never;
        /**
         * Clear a setting of an organization
         * @description The default of the kind of organization counts again. Values of projects stay.
         */
        delete: operations["clearSetting"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/settings/{settingKey}/apply-to-existing": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Apply a setting to the projects that there are
         * @description For settings of the mode SNAPSHOT: projects take over the value of the organization, 100 of them in one request; `remaining` says how many are left for the next. Projects that have chosen a value of their own are left out unless `includeOwn` is true, and those whose manifest says it always. With `validateOnly` the plan has an event for each project that would change.
         */
        post: operations["applySettingToExisting"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/projects/{projectId}/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List settings of a project
         * @description The settings of the project that the caller may read, each with the value that counts there, where that comes from, and what it stands before.
         */
        get: operations["listProjectSettings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/projects/{projectId}/settings/{settingKey}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a setting of a project
         * @description One setting, with the value that counts and where it comes from. The ETag changes with everything that is said here, so also when a level above changes.
         */
        get: operations["getProjectSetting"];
        /**
         * Set a setting of a project
         * @description Gives the project a value of its own. It is refused with setting-locked where the organization has locked the setting, and as invalid input where it is weaker than the value of the organization and the setting may only be tightened.
         */
        put: operations["replaceProjectSetting"];
        post?: never;
        /**
         * Clear a setting of a project
         * @description The project has no value of its own any more: that of the organization counts, or in the mode SNAPSHOT is taken over anew.
         */
        delete: operations["clearProjectSetting"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/members/me/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List settings of one's own
         * @description What the caller has for themselves as a member of the organization, such as which mails they want. Only a person has these.
         */
        get: operations["listMySettings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/members/me/settings/{settingKey}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a setting of one's own
         * @description One setting, with the value that counts and where it comes from. The ETag changes with everything that is said here, so also when a level above changes.
         */
        get: operations["getMySetting"];
        /**
         * Set a setting of one's own
         * @description Sets what counts for the caller as a member of the organization.
         */
        put: operations["replaceMySetting"];
        post?: never;
        /**
         * Clear a setting of one's own
         * @description The default counts again.
         */
        delete: operations["clearMySetting"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/support-accesses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List support accesses
         * @description For operators. Those of all organizations, oldest first.
         */
        get: operations["listSupportAccesses"];
        put?: never;
        /**
         * Ask for support access
         * @description For operators. You ask an organization for a role of its blueprint that only support holds; its administrators get a mail and approve or deny it within seven days. You hold the role from the approval on, for as many minutes as you asked for. Where the blueprint asks for no approval, you hold it at once.
         */
        post: operations["requestSupportAccess"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/support-accesses/{supportAccessId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a support access
         * @description For operators.
         */
        get: operations["getSupportAccess"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/support-accesses/{supportAccessId}/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End a support access
         * @description For operators. The role is gone at once; what was only asked for is taken back. Doing it again changes nothing.
         */
        post: operations["endSupportAccess"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/support-accesses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List support accesses to an organization
         * @description Who asked for access to the organization, why, for how long, and what became of it; oldest first.
         */
        get: operations["listOrganizationSupportAccesses"];
        put?: never;
        /**
         * Offer support access
         * @description You let an operator of the installation in without having been asked, in a role of the blueprint that only support holds. They hold it from now on, for as many minutes as you say, and get a mail. People offer it, and no keys; no person offers it to themselves. An id that is no operator's is answered in the same way, whether or not there is such a user.
         */
        post: operations["offerSupportAccess"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/support-accesses/{supportAccessId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a support access to an organization
         * @description Who asked for it, why, for how long, and what became of it.
         */
        get: operations["getOrganizationSupportAccess"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/support-accesses/{supportAccessId}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Approve a support access
         * @description The operator holds the role from now on, for as many minutes as they asked for. Who asked for it cannot approve it.
         */
        post: operations["approveSupportAccess"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/support-accesses/{supportAccessId}/deny": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Deny a support access
         * @description The operator is not let in.
         */
        post: operations["denySupportAccess"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/support-accesses/{supportAccessId}/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End a support access to an organization
         * @description The operator is out at once, whatever time is left. Doing it again changes nothing.
         */
        post: operations["endOrganizationSupportAccess"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/livez": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether the process runs
         * @description Answers as long as the process can answer at all.
         */
        get: operations["livez"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether to send traffic here
         * @description Looks at the database, the policies and the sources of manifests. The 503 names what fails in `checks`.
         */
        get: operations["readyz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Where to begin
         * @description Leads to the documentation.
         */
        get: operations["getRoot"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.yaml": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * This document as YAML
         * @description The OpenAPI document that this server enforces.
         */
        get: operations["getOpenapiYaml"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * This document as JSON
         * @description The OpenAPI document that this server enforces.
         */
        get: operations["getOpenapiJson"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * This document for people
         * @description The reference with search, code samples and requests that can be tried. Without script, see /docs/plain.
         */
        get: operations["getDocs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs/plain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * This document for people, on one page
         * @description A page without scripts, made from the OpenAPI document.
         */
        get: operations["getPlainDocs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs/assets/{asset}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A script or style of the reference
         * @description What /docs loads. The name holds a digest of the content, so it never changes.
         */
        get: operations["getDocsAsset"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/problems/{slug}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a problem means
         * @description The page of one problem type: what it means and what to do.
         */
        get: operations["getProblem"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-schema": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * JSON Schema of what webhooks get
         * @description A JSON Schema (2020-12) of the body of each message: `oneOf` over the event types, each of them also by its name under `$defs`. It is made from what this version records, so messages of older events may say less.
         */
        get: operations["getWebhookSchema"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List webhooks
         * @description Where events of the organization are sent, oldest first.
         */
        get: operations["listWebhooks"];
        put?: never;
        /**
         * Create a webhook
         * @description Events of the audit log that come after it are sent to `url`, each behind the one before, signed by Standard Webhooks. The secret is in this answer and in no other. Asks for what is sent too: `audit-event:list` and `audit-event:export`. An organization has 10 webhooks at most.
         */
        post: operations["createWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/webhooks/{webhookId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a webhook
         * @description Where it sends to, what, and whether it does.
         */
        get: operations["getWebhook"];
        put?: never;
        post?: never;
        /**
         * Delete a webhook
         * @description Nothing is sent any more, and its deliveries are forgotten.
         */
        delete: operations["deleteWebhook"];
        options?: never;
        head?: never;
        /**
         * Change a webhook
         * @description A JSON merge patch (RFC 7396). With another URL, other types or another state, what waits is tried at once, also where it failed before. With the state ACTIVE one that was disabled goes on behind the last event that it is done with, at most 100,000 events back. Asks for what is sent too: `audit-event:list` and `audit-event:export`.
         */
        patch: operations["updateWebhook"];
        trace?: never;
    };
    "/v1/organizations/{organizationId}/webhooks/{webhookId}/rotate-secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give a webhook a new secret
         * @description For the overlap each message is signed with both secrets, the new one first, so that the receiver can change in between; with an overlap of 0 the one before ends at once. The new secret is in this answer and in no other.
         */
        post: operations["rotateWebhookSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/webhooks/{webhookId}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a test to a webhook
         * @description A message of the type `webhook.ping` is sent at once, beside the events that wait, also by one that is disabled. Ask getWebhookDelivery how it went. Tests and replays of an organization are 1,000 in a day (UTC) at most.
         */
        post: operations["testWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/webhooks/{webhookId}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List deliveries of a webhook
         * @description What was sent or is being tried, newest event first, with each attempt. A delivery is kept for 30 days. Events that wait for the one before them have none yet.
         */
        get: operations["listWebhookDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/webhooks/{webhookId}/deliveries/{deliveryId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a delivery of a webhook
         * @description What became of it.
         */
        get: operations["getWebhookDelivery"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organizationId}/webhooks/{webhookId}/deliveries/{deliveryId}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a delivery again
         * @description The same message with the same `webhook-id`, once and out of order, also by a webhook that is disabled. One that waits for its next attempt is tried at once instead. Asks for what is sent too: `audit-event:list` and `audit-event:export`. Tests and replays of an organization are 1,000 in a day (UTC) at most, and are sent one after the other.
         */
        post: operations["replayWebhookDelivery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description What an event with the outcome SUCCEEDED says, for each `action`: what `target` is, and what `before` and `after` hold. One that is DENIED is an AuditDeniedAttempts. A log keeps its events as they were recorded, so those of an earlier version may say less. */
        AuditChanges: {
            /** @description What was planned is in force. */
            "access-plan.apply"?: {
                target: components["schemas"]["AccessPlanId"];
                /** @description The digest of the plan, and the revisions that are in force. */
                after: {
                    digest: components["schemas"]["Sha256"];
                    /** @description The scopes that changed. */
                    targets: components["schemas"]["RevisionReference"][];
                    reason: components["schemas"]["Reason"];
                };
            };
            /** @description An access plan was asked for. */
            "access-plan.create"?: {
                target: components["schemas"]["AccessPlanId"];
                /** @description What it is about. */
                after: {
                    /** @description The scopes. */
                    targets: components["schemas"]["AccessPlanTarget"][];
                    roleMapping?: components["schemas"]["RoleMapping"];
                    reason?: components["schemas"]["Reason"];
                };
            };
            /** @description An API key was made. */
            "api-key.create"?: {
                target: components["schemas"]["ApiKeyId"];
                after: components["schemas"]["ApiKey"];
            };
            /** @description An API key works no more, by itself or because its owner or its organization lost it. */
            "api-key.revoke"?: {
                target: components["schemas"]["ApiKeyId"];
                before: components["schemas"]["ApiKey"];
                after: components["schemas"]["ApiKey"];
            };
            /** @description An API key has a new secret. */
            "api-key.rotate"?: {
                target: components["schemas"]["ApiKeyId"];
                before: components["schemas"]["ApiKey"];
                after: components["schemas"]["ApiKey"];
            };
            /** @description Name, scopes or networks of an API key changed. */
            "api-key.update"?: {
                target: components["schemas"]["ApiKeyId"];
                before: components["schemas"]["ApiKey"];
                after: components["schemas"]["ApiKey"];
            };
            /** @description The billing profile of an organization changed. */
            "billing-profile.update"?: {
                target: components["schemas"]["OrganizationId"];
                before: components["schemas"]["BillingProfile"];
                after: components["schemas"]["BillingProfile"];
            };
            /** @description Every organization gets a new data key and its values are sealed with it, `tenet keyring rotate --data-keys`. One event when it begins, one when it has ended. */
            "data-keys.rotate"?: {
                /** @description All of them. */
                target: string;
                /** @description How far it is. */
                after: {
                    /** @description STARTED or FINISHED. */
                    state: string;
                    values?: components["schemas"]["AuditCount"];
                };
            };
            /** @description An earlier root key was taken away from the data keys, `tenet keyring drop`. */
            "encryption-key.drop"?: {
                /** @description The name of the key. */
                target: string;
                /** @description What was under it. */
                after: {
                    dataKeys: components["schemas"]["AuditCount"];
                };
            };
            /** @description What was made with an encryption key is void, `tenet keyring forget`. */
            "encryption-key.forget"?: {
                /** @description The name of the key. */
                target: string;
                /** @description What that made void. */
                after: {
                    invitations: components["schemas"]["AuditCount"];
                    dataKeys?: components["schemas"]["AuditCount"];
                };
            };
            /** @description Data keys were put under a new root key, `tenet keyring rotate`. */
            "encryption-key.rotate"?: {
                /** @description The name of the key. */
                target: string;
                /** @description How many. */
                after: {
                    dataKeys: components["schemas"]["AuditCount"];
                };
            };
            /** @description The plan of an organization or of an account includes something else. */
            "entitlement.update"?: {
                /** @description The organization; or the user whose account it is, in the platform's log alone. */
                target: components["schemas"]["OrganizationId"] | components["schemas"]["UserId"];
                before: components["schemas"]["AuditEntitlements"];
                after: components["schemas"]["AuditEntitlements"];
            };
            /** @description An export was asked for. */
            "export.create"?: {
                target: components["schemas"]["ExportId"];
                /** @description What is exported. */
                after: {
                    kind: components["schemas"]["ExportKind"];
                    format: components["schemas"]["ExportFormat"];
                    filters: components["schemas"]["ExportFilters"];
                };
            };
            /** @description An export was deleted before its time. */
            "export.delete"?: {
                target: components["schemas"]["ExportId"];
                /** @description What it was. */
                before: {
                    kind: components["schemas"]["ExportKind"];
                    format: components["schemas"]["ExportFormat"];
                    state: components["schemas"]["ExportState"];
                };
            };
            /** @description The content of an export was taken out. */
            "export.download"?: {
                target: components["schemas"]["ExportId"];
                /** @description What was taken out. */
                after: {
                    kind: components["schemas"]["ExportKind"];
                    format: components["schemas"]["ExportFormat"];
                    rows: components["schemas"]["AuditCount"];
                    bytes: components["schemas"]["AuditCount"];
                };
            };
            /** @description A role was given. */
            "grant.create"?: {
                target: components["schemas"]["GrantId"];
                /** @description The grant. */
                after: components["schemas"]["Grant"] & {
                    /** @description True where the giver gave it to themselves without holding what is in it. */
                    toSelf?: boolean;
                };
            };
            /** @description A lasting role gives way to one that ends, and counts again after it. */
            "grant.rest"?: {
                target: components["schemas"]["GrantId"];
                before: components["schemas"]["Grant"];
                after: components["schemas"]["Grant"];
            };
            /** @description A role was taken, or another one took its place. */
            "grant.revoke"?: {
                target: components["schemas"]["GrantId"];
                before: components["schemas"]["Grant"];
            };
            /** @description A person joined by a link. */
            "invitation-link.accept"?: {
                target: components["schemas"]["InvitationLinkId"];
                /** @description How often it was used. */
                before: {
                    uses: components["schemas"]["AuditCount"];
                };
                /** @description How often it is used, and by whom now. */
                after: {
                    uses: components["schemas"]["AuditCount"];
                    userId: components["schemas"]["UserId"];
                };
            };
            /** @description A link was made, by which several people may join. */
            "invitation-link.create"?: {
                target: components["schemas"]["InvitationLinkId"];
                after: components["schemas"]["InvitationLink"];
            };
            /** @description People join by a link no more; only the state is said where a new policy took away what it offered. */
            "invitation-link.revoke"?: {
                target: components["schemas"]["InvitationLinkId"];
                before: components["schemas"]["InvitationLink"] | components["schemas"]["AuditLinkState"];
                after: components["schemas"]["AuditLinkState"];
            };
            /** @description An invitation was accepted. */
            "invitation.accept"?: {
                target: components["schemas"]["InvitationId"];
                before: components["schemas"]["AuditInvitation"];
                after: components["schemas"]["AuditInvitationState"];
            };
            /** @description A person was invited. */
            "invitation.create"?: {
                target: components["schemas"]["InvitationId"];
                after: components["schemas"]["Invitation"];
            };
            /** @description An invitation was declined. */
            "invitation.decline"?: {
                target: components["schemas"]["InvitationId"];
                before: components["schemas"]["AuditInvitation"];
                after: components["schemas"]["AuditInvitationState"];
            };
            /** @description An invitation was not answered in time. */
            "invitation.expire"?: {
                target: components["schemas"]["InvitationId"];
                before: components["schemas"]["AuditInvitationState"];
                after: components["schemas"]["AuditInvitationState"];
            };
            /** @description An invitation was sent again, with a new link and a new end. */
            "invitation.resend"?: {
                target: components["schemas"]["InvitationId"];
                before: components["schemas"]["Invitation"];
                after: components["schemas"]["Invitation"];
            };
            /** @description An invitation was taken back. */
            "invitation.revoke"?: {
                target: components["schemas"]["InvitationId"];
                before: components["schemas"]["AuditInvitation"];
                after: components["schemas"]["AuditInvitationState"];
            };
            /** @description A pending invitation has another end, or another inviter because the former one left. */
            "invitation.update"?: {
                target: components["schemas"]["InvitationId"];
                before: components["schemas"]["AuditInvitationEnds"];
                after: components["schemas"]["AuditInvitationEnds"];
            };
            /** @description A user became a member without an invitation, by a manifest or by a role in a project. */
            "member.add"?: {
                target: components["schemas"]["UserId"];
                /** @description The role that they got with its grant; or the manifest that lists them, with the address that it gives. */
                after: {
                    role?: components["schemas"]["RoleId"];
                    grantId?: components["schemas"]["GrantId"];
                    email?: components["schemas"]["Email"];
                    managedBy?: components["schemas"]["AuditManifest"];
                };
            };
            /** @description A manifest manages a member from now on. */
            "member.adopt"?: {
                target: components["schemas"]["UserId"];
                after: components["schemas"]["AuditManaged"];
            };
            /** @description A user became a member by an invitation or a link. */
            "member.create"?: {
                target: components["schemas"]["UserId"];
                /** @description The new member. */
                after: {
                    state: components["schemas"]["MemberState"];
                    /** @description Roles in the organization. */
                    roles: components["schemas"]["MemberRole"][];
                    invitationId?: components["schemas"]["InvitationId"];
                    invitationLinkId?: components["schemas"]["InvitationLinkId"];
                };
            };
            /** @description A member left. */
            "member.leave"?: {
                target: components["schemas"]["UserId"];
                before: components["schemas"]["AuditMember"];
            };
            /** @description A member was removed. */
            "member.remove"?: {
                target: components["schemas"]["UserId"];
                before: components["schemas"]["AuditMember"];
            };
            /** @description A member was signed out of the organization everywhere. */
            "member.sign-out"?: {
                target: components["schemas"]["UserId"];
                after: components["schemas"]["AuditSignOut"];
            };
            /** @description A member was deactivated, reactivated or renamed. */
            "member.update"?: {
                target: components["schemas"]["UserId"];
                before: components["schemas"]["AuditMemberFields"];
                after: components["schemas"]["AuditMemberFields"];
            };
            /** @description The organization requires a second factor, or no more; by the command line also in the platform's log. */
            "mfa.update"?: {
                target: components["schemas"]["OrganizationId"];
                /** @description What was required. */
                before: {
                    requirement: components["schemas"]["Mfa"];
                };
                /** @description What is required; why, where the command line lifted it. */
                after: {
                    requirement: components["schemas"]["Mfa"];
                    graceDays?: components["schemas"]["AuditCount"];
                    reason?: components["schemas"]["Reason"];
                };
            };
            /** @description A user holds roles of the platform. */
            "operator.add"?: {
                target: components["schemas"]["UserId"];
                after: components["schemas"]["AuditPlatformRoles"];
            };
            /** @description A user lost roles of the platform. */
            "operator.remove"?: {
                target: components["schemas"]["UserId"];
                before: components["schemas"]["AuditPlatformRoles"];
            };
            /** @description A manifest took the organization over. */
            "organization.adopt"?: {
                target: components["schemas"]["OrganizationId"];
                before?: components["schemas"]["AuditManaged"];
                after: components["schemas"]["AuditManaged"];
            };
            /** @description The organization was archived from inside. */
            "organization.archive"?: {
                target: components["schemas"]["OrganizationId"];
                before: components["schemas"]["AuditSuspensions"];
                after: components["schemas"]["AuditSuspensions"];
            };
            /** @description A job has fetched the picture behind the logo URL. */
            "organization.check-logo"?: {
                target: components["schemas"]["OrganizationId"];
                /** @description What it found there. */
                after: {
                    logoUrl: components["schemas"]["LogoUrl"];
                    logo: components["schemas"]["Logo"];
                };
            };
            /** @description An organization was made; a personal one at the first sign-in of its owner. */
            "organization.create"?: {
                target: components["schemas"]["OrganizationId"];
                after: components["schemas"]["Organization"];
            };
            /** @description The organization was deleted; it can be restored for a while. */
            "organization.delete"?: {
                target: components["schemas"]["OrganizationId"];
                before: components["schemas"]["Organization"];
            };
            /** @description Consent to a manifest was given or taken back. */
            "organization.hand-over"?: {
                target: components["schemas"]["OrganizationId"];
                before?: components["schemas"]["HandOver"];
                after?: components["schemas"]["HandOver"];
            };
            /** @description A manifest gave the organization its first owner. */
            "organization.own"?: {
                target: components["schemas"]["OrganizationId"];
                /** @description The owner. */
                after: {
                    ownerId: components["schemas"]["UserId"];
                };
            };
            /** @description A deleted organization was forgotten for good, but for its log. */
            "organization.purge"?: {
                target: components["schemas"]["OrganizationId"];
                /** @description What it was. */
                before: {
                    name: components["schemas"]["Name"];
                    slug: components["schemas"]["Slug"];
                    blueprint: components["schemas"]["BlueprintName"];
                };
            };
            /** @description The manifest of the organization is gone. */
            "organization.release"?: {
                target: components["schemas"]["OrganizationId"];
                before: components["schemas"]["AuditManaged"];
                after: components["schemas"]["AuditRelease"];
            };
            /** @description A deleted organization is back. */
            "organization.restore"?: {
                target: components["schemas"]["OrganizationId"];
                /** @description Its state. */
                before: {
                    state: components["schemas"]["OrganizationState"];
                };
                /** @description Its state and its slug, which may be a new one. */
                after: {
                    state: components["schemas"]["OrganizationState"];
                    slug: components["schemas"]["Slug"];
                };
            };
            /** @description An operator ended the suspension, or the manifest that archived the organization came again. */
            "organization.resume"?: {
                target: components["schemas"]["OrganizationId"];
                before: components["schemas"]["AuditSuspensions"];
                after: components["schemas"]["AuditSuspensions"];
            };
            /** @description An operator suspended the organization, or its manifest archived it. */
            "organization.suspend"?: {
                target: components["schemas"]["OrganizationId"];
                before: components["schemas"]["AuditSuspensions"];
                after: components["schemas"]["AuditSuspensions"];
            };
            /** @description The organization left the archive. */
            "organization.unarchive"?: {
                target: components["schemas"]["OrganizationId"];
                before: components["schemas"]["AuditSuspensions"];
                after: components["schemas"]["AuditSuspensions"];
            };
            /** @description Name, slug, profile or a switch of the organization changed. */
            "organization.update"?: {
                target: components["schemas"]["OrganizationId"];
                before: components["schemas"]["AuditOrganizationFields"];
                after: components["schemas"]["AuditOrganizationFields"];
            };
            /** @description The organization has a new owner. */
            "ownership-transfer.accept"?: {
                target: components["schemas"]["TransferId"];
                before: components["schemas"]["AuditTransferState"];
                after: components["schemas"]["AuditTransferState"];
            };
            /** @description The owner took the offer back. */
            "ownership-transfer.cancel"?: {
                target: components["schemas"]["TransferId"];
                before: components["schemas"]["AuditTransferState"];
                after: components["schemas"]["AuditTransferState"];
            };
            /** @description The owner offered the organization to a member. */
            "ownership-transfer.create"?: {
                target: components["schemas"]["TransferId"];
                after: components["schemas"]["OwnershipTransfer"];
            };
            /** @description The member declined the offer. */
            "ownership-transfer.decline"?: {
                target: components["schemas"]["TransferId"];
                before: components["schemas"]["AuditTransferState"];
                after: components["schemas"]["AuditTransferState"];
            };
            /** @description The offer was not answered in time. */
            "ownership-transfer.expire"?: {
                target: components["schemas"]["TransferId"];
                before: components["schemas"]["AuditTransferState"];
                after: components["schemas"]["AuditTransferState"];
            };
            /** @description A revision of a policy is in force. */
            "policy.activate"?: {
                /** @description The scope of the policy. */
                target: string;
                /** @description The revision that was in force; absent the first time. */
                before?: {
                    revision: components["schemas"]["RevisionNumber"];
                };
                after: components["schemas"]["ReplacePolicyHead"];
            };
            /** @description Who holds what was taken out, under pseudonyms. */
            "policy.snapshot"?: {
                /**
                 * @description What it is about.
                 * @enum {string}
                 */
                target: "platform";
                /** @description What was taken out. */
                after: {
                    /**
                     * Format: int64
                     * @description How many rows.
                     */
                    rows: number;
                    /** @description Which key they are of. */
                    pseudonyms: string;
                };
            };
            /** @description A revision of a policy was stored, and is not in force. */
            "policy.propose"?: {
                /** @description The scope of the policy and the revision: scope@revision. */
                target: string;
                /** @description What was proposed. */
                after: {
                    sha256: components["schemas"]["Sha256"];
                    reason?: components["schemas"]["Reason"];
                };
            };
            /** @description A rollout was ended by a person; what is in force decides everywhere. */
            "policy-rollout.cancel"?: {
                target: components["schemas"]["PolicyRolloutId"];
                before: components["schemas"]["AuditRolloutStage"];
                after: components["schemas"]["AuditRolloutEnd"];
            };
            /** @description A revision comes into force in stages. */
            "policy-rollout.create"?: {
                target: components["schemas"]["PolicyRolloutId"];
                /** @description Which one, and what promotion asks for. */
                after: {
                    scope: components["schemas"]["PolicyScope"];
                    revision: components["schemas"]["RevisionNumber"];
                    baseRevision: components["schemas"]["RevisionNumber"];
                    stage: components["schemas"]["PolicyRolloutStage"];
                    canary?: components["schemas"]["PolicyRolloutCanary"];
                    gates: components["schemas"]["PolicyRolloutGates"];
                    planId?: components["schemas"]["AccessPlanId"];
                    reason: components["schemas"]["Reason"];
                };
            };
            /** @description The candidate of a rollout decides in more organizations, or in all. */
            "policy-rollout.promote"?: {
                target: components["schemas"]["PolicyRolloutId"];
                before: components["schemas"]["AuditRolloutStage"];
                /** @description How far, by which figures, and whether these did not meet the gates. */
                after: {
                    scope: components["schemas"]["PolicyScope"];
                    revision: components["schemas"]["RevisionNumber"];
                    stage: components["schemas"]["PolicyRolloutStage"];
                    canary?: components["schemas"]["PolicyRolloutCanary"];
                    figures: components["schemas"]["PolicyRolloutFigures"];
                    /** @description Whether the gates were not met, and `force` was given. */
                    forced: boolean;
                    reason: components["schemas"]["Reason"];
                };
            };
            /** @description A rollout was ended by Tenet, because the candidate differed where the plan does not say so. */
            "policy-rollout.roll-back"?: {
                target: components["schemas"]["PolicyRolloutId"];
                before: components["schemas"]["AuditRolloutStage"];
                after: components["schemas"]["AuditRolloutEnd"];
            };
            /** @description Another revision decides in a policy store. */
            "policy-store.activate"?: {
                target: components["schemas"]["PolicyStoreId"];
                before: components["schemas"]["PolicyStoreHead"];
                after: components["schemas"]["PolicyStoreHead"];
            };
            /** @description A project has another policy store. */
            "policy-store.create"?: {
                target: components["schemas"]["PolicyStoreId"];
                after: components["schemas"]["PolicyStore"];
            };
            /** @description A policy store was deleted, with its revisions and entities. */
            "policy-store.delete"?: {
                target: components["schemas"]["PolicyStoreId"];
                before: components["schemas"]["PolicyStore"];
            };
            /** @description An entity of a policy store was deleted. Its id and properties are the application's, so they are not in the log. */
            "policy-store.delete-entity"?: {
                target: components["schemas"]["PolicyStoreId"];
                /** @description What it was. */
                before: {
                    type: components["schemas"]["EntityTypeName"];
                };
            };
            /** @description A revision of a policy store was proposed. Its files are in the revision. */
            "policy-store.propose"?: {
                target: components["schemas"]["PolicyStoreId"];
                after: components["schemas"]["PolicyStoreRevisionSummary"];
            };
            /** @description A policy store has another name or description. */
            "policy-store.update"?: {
                target: components["schemas"]["PolicyStoreId"];
                before: components["schemas"]["PolicyStore"];
                after: components["schemas"]["PolicyStore"];
            };
            /** @description Entities of a policy store were written. Their ids and properties are the application's, so they are not in the log. */
            "policy-store.write-entities"?: {
                target: components["schemas"]["PolicyStoreId"];
                after: components["schemas"]["WrittenPolicyStoreEntities"];
            };
            /** @description A manifest took the project over. */
            "project.adopt"?: {
                target: components["schemas"]["ProjectId"];
                before?: components["schemas"]["AuditManaged"];
                after: components["schemas"]["AuditManaged"];
            };
            /** @description A project was made. */
            "project.create"?: {
                target: components["schemas"]["ProjectId"];
                after: components["schemas"]["Project"];
            };
            /** @description A project was deleted with the grants in it. */
            "project.delete"?: {
                target: components["schemas"]["ProjectId"];
                /** @description The project. */
                before: components["schemas"]["Project"] & {
                    grantsRevoked: components["schemas"]["AuditCount"];
                    keysRevoked: components["schemas"]["AuditCount"];
                };
            };
            /** @description Consent to a manifest was given or taken back. */
            "project.hand-over"?: {
                target: components["schemas"]["ProjectId"];
                before?: components["schemas"]["HandOver"];
                after?: components["schemas"]["HandOver"];
            };
            /** @description A deleted project was forgotten for good. */
            "project.purge"?: {
                target: components["schemas"]["ProjectId"];
                /** @description What it was; the slug is null where it could not be restored. */
                before: {
                    name: components["schemas"]["Name"];
                    /** @description A name for addresses: lower-case letters, digits and inner hyphens. */
                    slug: string | null;
                };
            };
            /** @description The manifest of the project is gone. */
            "project.release"?: {
                target: components["schemas"]["ProjectId"];
                before: components["schemas"]["AuditManaged"];
                after: components["schemas"]["AuditRelease"];
            };
            /** @description A deleted project is back, or the manifest that archived it came again. */
            "project.restore"?: {
                target: components["schemas"]["ProjectId"];
                /** @description The state that it was in. */
                before: {
                    /**
                     * @description ARCHIVED by its manifest.
                     * @enum {string}
                     */
                    state: "DELETED" | "ARCHIVED";
                };
                after: (components["schemas"]["Project"] & {
                    grantsRestored: components["schemas"]["AuditCount"];
                }) | {
                    state: components["schemas"]["ProjectState"];
                    managedBy: components["schemas"]["AuditManifest"];
                };
            };
            /** @description A project was renamed or has another slug. */
            "project.update"?: {
                target: components["schemas"]["ProjectId"];
                before: components["schemas"]["AuditProjectFields"];
                after: components["schemas"]["AuditProjectFields"];
            };
            /** @description A resource was made. */
            "resource.create"?: {
                target: components["schemas"]["ResourceId"];
                after: components["schemas"]["ResourceSummary"];
            };
            /** @description A resource was deleted. */
            "resource.delete"?: {
                target: components["schemas"]["ResourceId"];
                before: components["schemas"]["ResourceSummary"];
            };
            /** @description Sensitive fields of a resource were shown. */
            "resource.reveal"?: {
                target: components["schemas"]["ResourceId"];
                /** @description The resource type, and which fields they were. */
                after: {
                    /** @description The resource type. */
                    type: string;
                    /** @description Fields, by their names. */
                    fields: string[];
                };
            };
            /** @description A resource was changed. */
            "resource.update"?: {
                target: components["schemas"]["ResourceId"];
                before: components["schemas"]["ResourceSummary"];
                /** @description What lists show of it, and the names of all fields that changed. */
                after: {
                    id: components["schemas"]["ResourceId"];
                    organizationId: components["schemas"]["OrganizationId"];
                    projectId?: components["schemas"]["ProjectId"];
                    /** @description Its resource type. */
                    type: string;
                    name: components["schemas"]["Name"];
                    labels: components["schemas"]["Labels"];
                    data: components["schemas"]["ResourceData"];
                    createdBy: components["schemas"]["ActorName"];
                    createdAt: components["schemas"]["Timestamp"];
                    updatedAt: components["schemas"]["Timestamp"];
                    etag: components["schemas"]["Etag"];
                    /** @description Fields, by their names. */
                    changedFields: string[];
                };
            };
            /** @description A type of resource, or one resource, was switched off. */
            "restriction.create"?: {
                target: components["schemas"]["RestrictionId"];
                after: components["schemas"]["Restriction"];
            };
            /** @description A restriction was lifted. */
            "restriction.delete"?: {
                target: components["schemas"]["RestrictionId"];
                before: components["schemas"]["Restriction"];
            };
            /** @description The organization made a role template. */
            "role-template.create"?: {
                target: components["schemas"]["RoleTemplateId"];
                after: components["schemas"]["RoleTemplate"];
            };
            /** @description The organization deleted a role template. */
            "role-template.delete"?: {
                target: components["schemas"]["RoleTemplateId"];
                before: components["schemas"]["RoleTemplate"];
            };
            /** @description A role template offers something else. */
            "role-template.update"?: {
                target: components["schemas"]["RoleTemplateId"];
                before: components["schemas"]["RoleTemplate"];
                after: components["schemas"]["RoleTemplate"];
            };
            /** @description A manifest has taken over a role of the same title. */
            "role.adopt"?: {
                target: components["schemas"]["RoleId"];
                after: components["schemas"]["AuditManaged"];
            };
            /** @description The organization defined a role. */
            "role.create"?: {
                target: components["schemas"]["RoleId"];
                after: components["schemas"]["AuditRole"];
            };
            /** @description The organization deleted a role of its own. */
            "role.delete"?: {
                target: components["schemas"]["RoleId"];
                before: components["schemas"]["AuditRole"];
                /** @description The revision of the organization's policy without the role, and the role that took its place. */
                after: {
                    revision: components["schemas"]["RevisionNumber"];
                    successor?: components["schemas"]["RoleId"];
                };
            };
            /** @description A new policy calls a role by another name; grants and invitations have followed. */
            "role.rename"?: {
                target: components["schemas"]["OrganizationId"];
                /** @description The old name. */
                before: {
                    role: components["schemas"]["RoleId"];
                };
                /** @description The new name, and how many followed. */
                after: {
                    role: components["schemas"]["RoleId"];
                    grants: components["schemas"]["AuditCount"];
                    invitations: components["schemas"]["AuditCount"];
                    links?: components["schemas"]["AuditCount"];
                    templates?: components["schemas"]["AuditCount"];
                    supportAccesses?: components["schemas"]["AuditCount"];
                    roles?: components["schemas"]["AuditCount"];
                    revision?: components["schemas"]["RevisionNumber"];
                };
            };
            /** @description A role of the organization's own is something else. */
            "role.update"?: {
                target: components["schemas"]["RoleId"];
                before: components["schemas"]["AuditRole"];
                after: components["schemas"]["AuditRole"];
            };
            /** @description A manifest has taken over a service account of the same name. */
            "service-account.adopt"?: {
                target: components["schemas"]["ServiceAccountId"];
                after: components["schemas"]["AuditManaged"];
            };
            /** @description A service account was made. */
            "service-account.create"?: {
                target: components["schemas"]["ServiceAccountId"];
                after: components["schemas"]["ServiceAccount"];
            };
            /** @description A service account was deleted. */
            "service-account.delete"?: {
                target: components["schemas"]["ServiceAccountId"];
                before: components["schemas"]["ServiceAccount"];
            };
            /** @description Name or description of a service account changed. */
            "service-account.update"?: {
                target: components["schemas"]["ServiceAccountId"];
                before: components["schemas"]["ServiceAccount"];
                after: components["schemas"]["ServiceAccount"];
            };
            /** @description A project took over the value of its organization. */
            "setting.apply"?: {
                target: components["schemas"]["SettingKey"];
                before: components["schemas"]["AuditSetting"];
                after: components["schemas"]["AuditSetting"];
            };
            /** @description A value of a setting was taken away. */
            "setting.clear"?: {
                target: components["schemas"]["SettingKey"];
                before: components["schemas"]["AuditSetting"];
                after: components["schemas"]["AuditSetting"];
            };
            /** @description A setting has another value. */
            "setting.update"?: {
                target: components["schemas"]["SettingKey"];
                before: components["schemas"]["AuditSetting"];
                after: components["schemas"]["AuditSetting"];
            };
            /** @description The organization lets an operator in, until the end that is named. */
            "support-access.approve"?: {
                target: components["schemas"]["SupportAccessId"];
                before: components["schemas"]["AuditSupportState"];
                after: components["schemas"]["AuditSupportState"];
            };
            /** @description The organization lets an operator not in. */
            "support-access.deny"?: {
                target: components["schemas"]["SupportAccessId"];
                before: components["schemas"]["AuditSupportState"];
                after: components["schemas"]["AuditSupportState"];
            };
            /** @description A support access was ended by one of both sides. */
            "support-access.end"?: {
                target: components["schemas"]["SupportAccessId"];
                before: components["schemas"]["AuditSupportState"];
                after: components["schemas"]["AuditSupportState"];
            };
            /** @description The time of a support access is over, or it was not answered in time. */
            "support-access.expire"?: {
                target: components["schemas"]["SupportAccessId"];
                before: components["schemas"]["AuditSupportState"];
                after: components["schemas"]["AuditSupportState"];
            };
            /** @description The organization let an operator in without having been asked. */
            "support-access.offer"?: {
                target: components["schemas"]["SupportAccessId"];
                after: components["schemas"]["SupportAccess"];
            };
            /** @description An operator asked to be let in. */
            "support-access.request"?: {
                target: components["schemas"]["SupportAccessId"];
                after: components["schemas"]["SupportAccess"];
            };
            /** @description An operator ended the suspension of a user. */
            "user.resume"?: {
                target: components["schemas"]["UserId"];
                before: components["schemas"]["AuditUserState"];
                after: components["schemas"]["AuditUserState"];
            };
            /** @description A user was signed out everywhere. */
            "user.sign-out"?: {
                target: components["schemas"]["UserId"];
                after: components["schemas"]["AuditSignOut"];
            };
            /** @description An operator suspended a user, or gave another reason. */
            "user.suspend"?: {
                target: components["schemas"]["UserId"];
                before: components["schemas"]["AuditUserState"];
                after: components["schemas"]["AuditUserState"];
            };
            /** @description The identity provider says another address or name, or the user chose another name. */
            "user.update"?: {
                target: components["schemas"]["UserId"];
                before: components["schemas"]["AuditUserFields"];
                after: components["schemas"]["AuditUserFields"];
            };
            /** @description Events are sent to a receiver from here on. */
            "webhook.create"?: {
                target: components["schemas"]["WebhookId"];
                after: components["schemas"]["Webhook"];
            };
            /** @description Events are sent to a receiver no more. */
            "webhook.delete"?: {
                target: components["schemas"]["WebhookId"];
                before: components["schemas"]["Webhook"];
            };
            /** @description Events are sent to a receiver no more, by itself; `disabledReason` says why. */
            "webhook.disable"?: {
                target: components["schemas"]["WebhookId"];
                before: components["schemas"]["Webhook"];
                after: components["schemas"]["Webhook"];
            };
            /** @description A message is sent once more. */
            "webhook.replay"?: {
                target: components["schemas"]["WebhookId"];
                /** @description What is sent. */
                after: {
                    deliveryId: components["schemas"]["WebhookDeliveryId"];
                };
            };
            /** @description Messages are signed with a new secret. */
            "webhook.rotate-secret"?: {
                target: components["schemas"]["WebhookId"];
                before: components["schemas"]["Webhook"];
                after: components["schemas"]["Webhook"];
            };
            /** @description A test is sent. */
            "webhook.test"?: {
                target: components["schemas"]["WebhookId"];
                /** @description What is sent. */
                after: {
                    deliveryId: components["schemas"]["WebhookDeliveryId"];
                };
            };
            /** @description Name, URL, event types or state of a webhook changed. */
            "webhook.update"?: {
                target: components["schemas"]["WebhookId"];
                before: components["schemas"]["Webhook"];
                after: components["schemas"]["Webhook"];
            };
        };
        /** @description What the second event about attempts that were DENIED says: how often an actor was denied the same in an hour, when that was more than once. The first of them has an event of its own, at once and without data. */
        AuditDeniedAttempts: {
            denials: components["schemas"]["AuditCount"];
            since: components["schemas"]["Timestamp"];
            /** @description What they were about. */
            targets: string[];
            unlisted?: components["schemas"]["AuditCount"];
        };
        /**
         * @description `platform`, `blueprint.<name>` or the id of an organization.
         * @example blueprint.integrations
         */
        PolicyScope: string;
        /**
         * Format: int32
         * @description The number of a revision in its scope, from 1.
         * @example 3
         */
        RevisionNumber: number;
        /** @description The Casbin model. */
        PolicyModel: string;
        /** @description One field of a rule: a word, or `*` alone. */
        PolicyField: string;
        /** @description A Casbin rule: subject, domain, object, action, effect. */
        PolicyRow: components["schemas"]["PolicyField"][];
        /** @description Where a rule is written. */
        PolicyRowSource: {
            /** @description The file. */
            file: string;
            /**
             * Format: int32
             * @description The line, from 1.
             */
            line: number;
        };
        /** @description The content of one of the YAML files of a policy, as JSON. The server checks it as `tenet policy lint` does. */
        PolicyDocument: {
            [key: string]: unknown;
        };
        /** @description The rules of a whole scope, to be looked at. */
        PolicyProposal: {
            model: components["schemas"]["PolicyModel"];
            /** @description The rules, in order. */
            rows: components["schemas"]["PolicyRow"][];
            /** @description Where each rule is written, in the same order. */
            sources?: components["schemas"]["PolicyRowSource"][];
            vocabulary?: components["schemas"]["PolicyDocument"];
            blueprint?: components["schemas"]["PolicyDocument"];
            tests?: components["schemas"]["PolicyDocument"];
        };
        /** @description What a scope shall say: a revision that is stored, or a content. */
        AccessPlanTargetInput: {
            scope: components["schemas"]["PolicyScope"];
            revision?: components["schemas"]["RevisionNumber"];
            content?: components["schemas"]["PolicyProposal"];
        };
        /**
         * @description A role of the blueprint, the id of a role that an organization has defined, or, of the policy of the platform, a role of the platform.
         * @example org.admin
         */
        MappedRole: string;
        /** @description What becomes of roles that this revision does not have and that are held or offered. */
        RoleMapping: {
            /**
             * @description Old role to new role, of one level: grants keep their ids, ends and reasons, and pending invitations offer the new one.
             * @example {
             *       "org.manager": "org.steward"
             *     }
             */
            rename?: {
                [key: string]: components["schemas"]["MappedRole"];
            };
            /**
             * @description Roles whose grants are revoked. Pending invitations offer them no more, and those that offer nothing else are revoked.
             * @example [
             *       "org.guest"
             *     ]
             */
            drop?: components["schemas"]["MappedRole"][];
        };
        /**
         * Format: text
         * @description Why, in the words of who did it.
         */
        Reason: string;
        /** @description The scopes whose policy shall change, together. */
        CreateAccessPlan: {
            /** @description The scopes, once each. */
            targets: components["schemas"]["AccessPlanTargetInput"][];
            roleMapping?: components["schemas"]["RoleMapping"];
            reason?: components["schemas"]["Reason"];
        };
        /**
         * @description The last part of `type`, for programs. Others may follow, so a client treats one that it does not know by its status.
         * @example not-found
         */
        ProblemCode: string;
        /**
         * @description The id of the request, as in the X-Request-Id header and the logs.
         * @example req_01h455vb4pex5vsknk084sn02q
         */
        RequestId: string;
        /** @description One part of the input that is wrong. */
        ProblemError: {
            /**
             * @description Where in the body, as a JSON Pointer fragment (RFC 6901).
             * @example #/name
             */
            pointer?: string;
            /** @description The name of a path, query or header parameter. */
            parameter?: string;
            /** @description What is wrong with it. */
            detail: string;
        };
        /**
         * @description The id of a decision (TypeID).
         * @example dec_01h455vb4pex5vsknk084sn02q
         */
        DecisionId: string;
        /**
         * @description The version of the resource as a strong entity tag, quotes included; send it back in If-Match.
         * @example "7"
         */
        Etag: string;
        /**
         * @description DEGRADED: works, with something to look at.
         * @enum {string}
         */
        CheckState: "OK" | "DEGRADED" | "FAILING";
        /** @description One thing that readiness looks at. */
        HealthCheck: {
            /** @description What was looked at. */
            name: string;
            state: components["schemas"]["CheckState"];
            /** @description What is the matter, and since when. */
            detail?: string;
        };
        /** @description The Kubernetes manifest that owns this; absent when the API does. */
        ManagedBy: {
            /** @description The kind of the manifest. */
            kind: string;
            /** @description Its namespace. */
            namespace?: string;
            /** @description Its name. */
            name: string;
        };
        /**
         * @description The id of a grant (TypeID).
         * @example grant_01h455vb4pex5vsknk084sn02q
         */
        GrantId: string;
        /**
         * @description What holds a role.
         * @enum {string}
         */
        SubjectType: "USER" | "SERVICE_ACCOUNT" | "ROLE";
        /** @description What holds a role that is in the way. */
        BlockerSubject: {
            type: components["schemas"]["SubjectType"];
            /** @description The id of a user or a service account, or a role. */
            id: string;
        };
        /**
         * @description A role of the blueprint, for example `org.admin`, or the id of a role that the organization has defined (TypeID, `role_...`).
         * @example org.admin
         */
        RoleId: string;
        /** @description A grant that is in the way of what was asked for. */
        Blocker: {
            grantId: components["schemas"]["GrantId"];
            subject: components["schemas"]["BlockerSubject"];
            role: components["schemas"]["RoleId"];
        };
        /** @description What went wrong and what to do about it (RFC 9457). Further members may follow. */
        Problem: {
            /**
             * Format: uri
             * @description Identifies the kind of problem; its page says what to do.
             */
            type: string;
            /** @description The kind of problem in a few words. */
            title: string;
            /**
             * Format: int32
             * @description The HTTP status.
             */
            status: number;
            /** @description What went wrong this time, for people. */
            detail: string;
            /**
             * Format: uri-reference
             * @description Identifies this occurrence.
             */
            instance?: string;
            code: components["schemas"]["ProblemCode"];
            requestId: components["schemas"]["RequestId"];
            /** @description Every part of the input that is wrong, at most 20. */
            errors?: components["schemas"]["ProblemError"][];
            /** @description The permission that was missing, as `resource:action`. */
            requiredPermission?: string;
            decisionId?: components["schemas"]["DecisionId"];
            etag?: components["schemas"]["Etag"];
            /**
             * Format: int64
             * @description The limit that is reached.
             */
            limit?: number;
            /**
             * Format: int64
             * @description What is in use of that limit.
             */
            current?: number;
            /** @description What readiness looked at. */
            checks?: components["schemas"]["HealthCheck"][];
            managedBy?: components["schemas"]["ManagedBy"];
            /** @description The grants that are in the way, at most a hundred. */
            blockers?: components["schemas"]["Blocker"][];
            /**
             * Format: int32
             * @description How many grants are in the way in all.
             */
            grants?: number;
            /**
             * Format: int32
             * @description How many pending invitations are in the way.
             */
            invitations?: number;
        } & {
            [key: string]: unknown;
        };
        /**
         * @description The id of an organization (TypeID).
         * @example org_01h455vb4pex5vsknk084sn02q
         */
        OrganizationId: string;
        /** @description The resource as it was. */
        Snapshot: {
            [key: string]: unknown;
        };
        /** @description An event of the audit log. Of what a policy changes in organizations there is neither `before` nor `after`. */
        PlannedChange: {
            organizationId?: components["schemas"]["OrganizationId"];
            /**
             * @description noun.verb
             * @example member.remove
             */
            action: string;
            /** @description The id of what would be changed. */
            target: string;
            before?: components["schemas"]["Snapshot"];
            after?: components["schemas"]["Snapshot"];
        };
        /** @description What would be recorded in the audit logs, in this order. */
        PlannedChanges: {
            /**
             * Format: int32
             * @description How many there are.
             */
            total: number;
            /** @description The first 200. */
            items: components["schemas"]["PlannedChange"][];
        };
        /**
         * @description The id of a user or of a service account, or a role.
         * @example user_01h455vb4pex5vsknk084sn02q
         */
        SubjectId: string;
        /** @description Who holds the role. */
        GrantSubject: {
            type: components["schemas"]["SubjectType"];
            id: components["schemas"]["SubjectId"];
        };
        /**
         * @description What becomes of a membership. One that rests is that of an inactive member.
         * @enum {string}
         */
        MembershipChange: "JOINS" | "ENDS" | "RESTS" | "RETURNS";
        /**
         * @description The id of a project (TypeID).
         * @example prj_01h455vb4pex5vsknk084sn02q
         */
        ProjectId: string;
        /**
         * Format: date-time
         * @description A time as RFC 3339 has it, with T and Z in upper case. In requests any offset up to 14:59 is taken, as long as the year in UTC is 0001 to 9999; seconds are at most 59, and what is behind milliseconds is dropped. Replies have it in UTC with milliseconds.
         * @example 2031-01-01T09:30:00.000Z
         */
        Timestamp: string;
        /** @description A role in the organization, or in one of its projects. */
        PlannedRole: {
            role: components["schemas"]["RoleId"];
            projectId?: components["schemas"]["ProjectId"];
            from?: components["schemas"]["Timestamp"];
            until?: components["schemas"]["Timestamp"];
        };
        /** @description What a member who goes leaves behind that goes on; `disposition` of the request says what becomes of it. */
        KeptWork: {
            /**
             * Format: int32
             * @description Invitations by the member that nobody has answered.
             */
            invitations: number;
            /**
             * Format: int32
             * @description Service accounts that the member made.
             */
            serviceAccounts: number;
            /**
             * Format: int32
             * @description Keys of others, such as service accounts, that the member made and whose secret they saw.
             */
            apiKeys: number;
        };
        /** @description What a person, a service account, or all who hold a role would gain and lose in an organization. */
        AffectedSubject: {
            organizationId: components["schemas"]["OrganizationId"];
            subject: components["schemas"]["GrantSubject"];
            /** @description The name, where the caller may read it. */
            displayName?: string;
            /** @description The address, where the caller may read it. */
            email?: string;
            /** @description Whether the person is no member of the organization. */
            external?: boolean;
            membership?: components["schemas"]["MembershipChange"];
            /** @description Roles that begin, at once or at `from`, or get another end. */
            rolesGained: components["schemas"]["PlannedRole"][];
            /** @description Roles that end, or rest while the member is inactive. */
            rolesLost: components["schemas"]["PlannedRole"][];
            /**
             * Format: int32
             * @description API keys of theirs that begin to work.
             */
            keysGained: number;
            /**
             * Format: int32
             * @description API keys of theirs that no longer work.
             */
            keysLost: number;
            keeps?: components["schemas"]["KeptWork"];
        };
        /** @description Whose membership, roles or keys would change. All are counted, and those are shown whom the caller may know of. */
        AffectedSubjects: {
            /**
             * Format: int32
             * @description How many there are.
             */
            total: number;
            /** @description Of the first 200 those whom the caller may read, or about whom the request is. */
            items: components["schemas"]["AffectedSubject"][];
        };
        /** @description An organization or a project whose state would change. */
        AffectedPlace: {
            organizationId: components["schemas"]["OrganizationId"];
            projectId?: components["schemas"]["ProjectId"];
            /**
             * Format: int32
             * @description People with access to it, where the caller may list them.
             */
            people?: number;
            /**
             * Format: int32
             * @description Service accounts with access to it, where the caller may list them.
             */
            serviceAccounts?: number;
        };
        /** @description All that changes, in numbers. */
        AccessChangeSummary: {
            /**
             * Format: int32
             * @description Those who may do something else than before, and about whom the caller may ask.
             */
            subjects: number;
            /**
             * Format: int32
             * @description Permissions that they gain, counted for each place.
             */
            gains: number;
            /**
             * Format: int32
             * @description Permissions that they lose, counted for each place.
             */
            losses: number;
            /**
             * Format: int32
             * @description Those for whom something changes in a place where the caller may not ask about them.
             */
            withheld: number;
            /** @description Whether the change reaches further than what was looked at, such as a policy of all organizations, for which there are access plans. */
            partial: boolean;
        };
        /**
         * @description Whether it is gained or lost.
         * @enum {string}
         */
        AccessChangeKind: "GAIN" | "LOSS";
        /**
         * @description What the subject is.
         * @enum {string}
         */
        AccessChangeSubjectType: "USER" | "SERVICE_ACCOUNT" | "API_KEY";
        /** @description A person, a service account or an API key. */
        AccessChangeSubject: {
            type: components["schemas"]["AccessChangeSubjectType"];
            /**
             * @description Its id.
             * @example user_01h455vb4pex5vsknk084sn02q
             */
            id: string;
        };
        /**
         * @description The organization itself, the project of `projectId`, or all active projects that are not named for this subject: it is the same in each of them.
         * @enum {string}
         */
        AccessChangePlace: "ORGANIZATION" | "PROJECT" | "OTHER_PROJECTS";
        /**
         * @description GRANT: a grant to the subject, or to the owner of the key. ROLE_GRANT: a grant to a role that is held. MEMBERSHIP: what every member, account or person from outside has. STATE: a state of the subject or of the organization. SUPPORT: support access. SCOPE: a scope of the key.
         * @enum {string}
         */
        AccessChangeSource: "GRANT" | "ROLE_GRANT" | "MEMBERSHIP" | "OWNERSHIP" | "PLATFORM" | "STATE" | "SUPPORT" | "SCOPE";
        /** @description Something held that decides, and how the subject comes to it. */
        AccessChangeWay: {
            /**
             * @description The role, the state or the scope.
             * @example org.admin
             */
            role: string;
            source: components["schemas"]["AccessChangeSource"];
        };
        /** @description The line that decided. */
        DecidingRule: {
            scope: components["schemas"]["PolicyScope"];
            /** @description The file it is written in. */
            file?: string;
            /**
             * Format: int32
             * @description Its line, from 1.
             */
            line?: number;
            row: components["schemas"]["PolicyRow"];
        };
        /** @description What the policy says, before the change or after it. */
        AccessChangeVerdict: {
            /** @description Whether it is allowed. */
            allowed: boolean;
            rule?: components["schemas"]["DecidingRule"];
        };
        /** @description A permission that a subject gains or loses in a place. */
        AccessChangeItem: {
            kind: components["schemas"]["AccessChangeKind"];
            organizationId: components["schemas"]["OrganizationId"];
            subject: components["schemas"]["AccessChangeSubject"];
            place: components["schemas"]["AccessChangePlace"];
            projectId?: components["schemas"]["ProjectId"];
            /**
             * Format: int32
             * @description How many projects OTHER_PROJECTS are.
             */
            projects?: number;
            /**
             * @description The resource type and the action.
             * @example member:remove
             */
            permission: string;
            /** @description Whether the vocabulary of the policy calls the permission sensitive; else absent. */
            sensitive?: boolean;
            /** @description The roles, states and scopes that come, go or say something else, and so bring it about. */
            via: components["schemas"]["AccessChangeWay"][];
            before: components["schemas"]["AccessChangeVerdict"];
            after: components["schemas"]["AccessChangeVerdict"];
        };
        /**
         * @description LAST_GIVER: no person is left who may give the top role of the organization. LOCKOUT: or who has another permission without which others have to help. OWN_ACCESS: you lose permissions yourself.
         * @enum {string}
         */
        AccessChangeRailId: "LAST_GIVER" | "LOCKOUT" | "OWN_ACCESS";
        /** @description Something that a change of access should not come to by accident. */
        AccessChangeRail: {
            id: components["schemas"]["AccessChangeRailId"];
            organizationId: components["schemas"]["OrganizationId"];
            /** @description The same as a sentence. */
            detail: string;
        };
        /** @description A role that would be granted, in the organization or in a project. */
        OfferedAccessRole: {
            /**
             * @description The role.
             * @example org.member
             */
            role: string;
            projectId?: components["schemas"]["ProjectId"];
        };
        /** @description A permission that comes with an offer, in a place. */
        OfferedAccessItem: {
            place: components["schemas"]["AccessChangePlace"];
            projectId?: components["schemas"]["ProjectId"];
            /**
             * Format: int32
             * @description How many projects OTHER_PROJECTS are.
             */
            projects?: number;
            /**
             * @description The resource type and the action.
             * @example member:list
             */
            permission: string;
            /** @description Whether the vocabulary of the policy calls the permission sensitive; else absent. */
            sensitive?: boolean;
        };
        /** @description What a person may do who accepts, and who held nothing in the organization before. */
        OfferedAccess: {
            organizationId: components["schemas"]["OrganizationId"];
            /**
             * Format: int32
             * @description How many invitations offer it.
             */
            invitations: number;
            /**
             * Format: int32
             * @description How many links offer it.
             */
            links: number;
            /** @description The roles, with the one that everyone has who joins by an offer in a project. */
            roles: components["schemas"]["OfferedAccessRole"][];
            /** @description The first 500, by place. */
            items: components["schemas"]["OfferedAccessItem"][];
            /**
             * Format: int32
             * @description How many further ones there are.
             */
            more: number;
        };
        /** @description What the change does to what people, service accounts and keys may do: each permission that one of them gains or loses in a place, whatever brings it about (a grant, a role of the organization, a state, a project that closes). It says of others only what the caller may ask about them now. */
        AccessChange: {
            summary: components["schemas"]["AccessChangeSummary"];
            /** @description The first 1,000, by subject and place. */
            items: components["schemas"]["AccessChangeItem"][];
            /**
             * Format: int32
             * @description How many further ones there are.
             */
            more: number;
            /** @description What you should know before you make the change. */
            rails: components["schemas"]["AccessChangeRail"][];
            /** @description What invitations and links offer that the request makes or changes, those together that offer the same, for callers who may list the roles of the organization. It changes nothing yet, and is counted in no other part: it comes to a person who accepts. */
            offered: components["schemas"]["OfferedAccess"][];
        };
        /** @description Mails that would be sent. */
        PlannedMails: {
            /**
             * Format: int32
             * @description How many mails.
             */
            messages: number;
            /**
             * Format: int32
             * @description To how many addresses.
             */
            recipients: number;
        };
        /** @description What a request would do, as it was found out by doing it and undoing it. Ids of what would be made are others when it is made. */
        Plan: {
            /**
             * @description Which operation it is.
             * @example removeMember
             */
            operationId: string;
            changes: components["schemas"]["PlannedChanges"];
            affected: components["schemas"]["AffectedSubjects"];
            /** @description Organizations and projects that would open or close for all who have access to them; whom only that affects is not in `affected`. */
            places: components["schemas"]["AffectedPlace"][];
            access: components["schemas"]["AccessChange"];
            mails: components["schemas"]["PlannedMails"];
        };
        /**
         * @description The id of an access plan (TypeID).
         * @example apl_01h455vb4pex5vsknk084sn02q
         */
        AccessPlanId: string;
        /**
         * @description FAILED: it was not made; `failure` says why.
         * @enum {string}
         */
        AccessPlanState: "QUEUED" | "RUNNING" | "READY" | "FAILED";
        /**
         * @description SHA-256 in lower-case hexadecimal.
         * @example b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c
         */
        Sha256: string;
        /** @description What a scope shall say. */
        AccessPlanTarget: {
            scope: components["schemas"]["PolicyScope"];
            revision?: components["schemas"]["RevisionNumber"];
            sha256: components["schemas"]["Sha256"];
        };
        /** @description A revision that was in force. */
        AccessPlanBase: {
            revision: components["schemas"]["RevisionNumber"];
            sha256: components["schemas"]["Sha256"];
        };
        /** @description A content, by its digest. */
        AccessPlanContent: {
            sha256: components["schemas"]["Sha256"];
        };
        /** @description A scope, what was in force when the plan was made (nothing for a scope that is new), and what it shall say. */
        AccessPlanMove: {
            scope: components["schemas"]["PolicyScope"];
            from?: components["schemas"]["AccessPlanBase"];
            to: components["schemas"]["AccessPlanContent"];
        };
        /**
         * Format: int64
         * @description How many there are.
         */
        AccessPlanCount: number;
        /** @description How many subjects of each type gain or lose something; absent where the detail is GROUPED. */
        AccessPlanSubjects: {
            USER: components["schemas"]["AccessPlanCount"];
            SERVICE_ACCOUNT: components["schemas"]["AccessPlanCount"];
            API_KEY: components["schemas"]["AccessPlanCount"];
            CONTROLLER: components["schemas"]["AccessPlanCount"];
        };
        /**
         * @description Whether the role gives more or less by it.
         * @enum {string}
         */
        PolicyChangeKind: "GAIN" | "LOSS";
        /**
         * @description Where a permission is asked.
         * @enum {string}
         */
        AccessPlanLevel: "PLATFORM" | "ORGANIZATION" | "PROJECT";
        /**
         * @description SENSITIVE: a gain of it stands before all others. LOCKOUT: where people have it, the change is not to leave an organization, or the platform, without a person who does.
         * @enum {string}
         */
        AccessPlanFlag: "SENSITIVE" | "LOCKOUT";
        /** @description What the policies say of the permission itself; absent where they say nothing. */
        AccessPlanFlags: components["schemas"]["AccessPlanFlag"][];
        /**
         * @description USED: at least then. UNUSED: in none of the days. UNKNOWN: the log does not show it, and does not have every decision or not every subject.
         * @enum {string}
         */
        AccessPlanUseState: "USED" | "UNUSED" | "UNKNOWN";
        /** @description When a subject that loses a permission last used it, in the organization or a project of it, as far as the decision log has it. */
        AccessPlanLastUse: {
            state: components["schemas"]["AccessPlanUseState"];
            at?: components["schemas"]["Timestamp"];
        };
        /** @description Gains or losses of a permission. */
        AccessPlanPermission: {
            kind: components["schemas"]["PolicyChangeKind"];
            /**
             * @description Resource and action.
             * @example connection:delete
             */
            permission: string;
            level: components["schemas"]["AccessPlanLevel"];
            flags?: components["schemas"]["AccessPlanFlags"];
            count: components["schemas"]["AccessPlanCount"];
            lastUse?: components["schemas"]["AccessPlanLastUse"];
        };
        /** @description The plan in numbers. A gain or a loss is one permission of one subject in one place; `sensitiveGains` and `lockoutLosses` count those of permissions that have the flag. */
        AccessPlanSummary: {
            gains: components["schemas"]["AccessPlanCount"];
            losses: components["schemas"]["AccessPlanCount"];
            sensitiveGains: components["schemas"]["AccessPlanCount"];
            lockoutLosses: components["schemas"]["AccessPlanCount"];
            subjects?: components["schemas"]["AccessPlanSubjects"];
            organizations: components["schemas"]["AccessPlanCount"];
            /** @description The gains and losses by permission: first gains of what is SENSITIVE, then losses, those that were used last first. */
            byPermission: components["schemas"]["AccessPlanPermission"][];
        };
        /**
         * @description COMPLETE: it has every decision of these days. PARTIAL: it was sampled, off for a time, or has lost some, so what it does not show may have been used. NONE: it has nothing, or nothing is lost. TOO_LARGE: it has more than a plan reads.
         * @enum {string}
         */
        AccessPlanLog: "COMPLETE" | "PARTIAL" | "NONE" | "TOO_LARGE";
        /** @description What the decision log says of the use of what is lost. It is no part of the digest. */
        AccessPlanUses: {
            /**
             * Format: int32
             * @description How many days the plan looks back, 30 at most.
             */
            days: number;
            log: components["schemas"]["AccessPlanLog"];
        };
        /**
         * @description undo: people are left who may take the change back. roles-in-use, scopes-in-use: what the new policy lacks is held or offered. role-mapping: something follows from renamed or dropped roles that the plan does not count. top-role: organizations keep the role that protects them. last-giver: people are left in each organization who may give its top role. lockout: people are left in each organization, and on the platform, who have a permission with the flag LOCKOUT, where some have it now.
         * @example undo
         */
        AccessPlanRailId: string;
        /**
         * @description BLOCK keeps the change from being applied.
         * @enum {string}
         */
        AccessPlanRailStatus: "OK" | "WARN" | "BLOCK";
        /** @description One rail. */
        AccessPlanRail: {
            id: components["schemas"]["AccessPlanRailId"];
            status: components["schemas"]["AccessPlanRailStatus"];
            /** @description What was found, in a sentence. */
            detail: string;
        };
        /**
         * @description The name of a blueprint.
         * @example integrations
         */
        BlueprintName: string;
        /** @description Pending invitations that offer a role which changes. */
        AccessPlanInvitations: {
            blueprint: components["schemas"]["BlueprintName"];
            role: components["schemas"]["RoleId"];
            count: components["schemas"]["AccessPlanCount"];
        };
        /**
         * @description What is stranded.
         * @enum {string}
         */
        AccessPlanStrandedKind: "GRANT" | "INVITATION" | "INVITATION_LINK" | "SUPPORT_ACCESS" | "API_KEY";
        /**
         * @description ROLE_GONE: there is no such role any more. ROLE_DROPPED: and it ends, because roleMapping drops the role. GIVER_LOST: who has invited may not offer the role any more, so it cannot be accepted. SCOPES_EMPTY, OWNER_EMPTY: the key may do something now and nothing then, for its scopes or for what its owner holds. NOT_EXAMINED: it was not asked whether who has invited may still offer the role, because there are more than 5,000 such questions.
         * @enum {string}
         */
        AccessPlanStrandedReason: "ROLE_GONE" | "ROLE_DROPPED" | "GIVER_LOST" | "SCOPES_EMPTY" | "OWNER_EMPTY" | "NOT_EXAMINED";
        /** @description One that is stranded. */
        AccessPlanStrandedExample: {
            organizationId?: components["schemas"]["OrganizationId"];
            /** @description Of a grant the user, service account or role that holds it; of a support access the operator; else its own. */
            id: string;
        };
        /** @description What is stranded for the same reason. */
        AccessPlanStranded: {
            kind: components["schemas"]["AccessPlanStrandedKind"];
            reason: components["schemas"]["AccessPlanStrandedReason"];
            scope: components["schemas"]["PolicyScope"];
            /** @description The role; absent for keys, and for roles that organizations have defined. */
            role?: string;
            count: components["schemas"]["AccessPlanCount"];
            organizations: components["schemas"]["AccessPlanCount"];
            /** @description The first ones by organization and id; none for callers without policy:plan. */
            examples: components["schemas"]["AccessPlanStrandedExample"][];
        };
        /**
         * @description What becomes of a permission.
         * @enum {string}
         */
        AccessPlanOutcome: "GAIN" | "LOSS" | "NONE";
        /** @description A question that the plan and stock Casbin answer differently. */
        AccessPlanDifference: {
            /** @description The subject. */
            subject: string;
            /** @description The place as the policy names it. */
            place: string;
            /**
             * @description Resource and action.
             * @example connection:delete
             */
            permission: string;
            planned: components["schemas"]["AccessPlanOutcome"];
            decided: components["schemas"]["AccessPlanOutcome"];
        };
        /** @description Questions that stock Casbin decided again, before and after. A plan with a difference fails. */
        AccessPlanVerification: {
            decided: components["schemas"]["AccessPlanCount"];
            /** @description Where the plan and stock Casbin disagree. There is none in a plan that is READY. */
            differences: components["schemas"]["AccessPlanDifference"][];
        };
        /**
         * Format: int32
         * @description The number of an effect in its plan, from 1.
         * @example 1
         */
        AccessPlanEffectNumber: number;
        /**
         * @description How a subject has what answers otherwise: a grant to it, a grant to a role that it holds, membership, ownership, the platform, a state such as suspended, a support access, or a scope of a key.
         * @enum {string}
         */
        AccessPlanSource: "GRANT" | "ROLE_GRANT" | "MEMBERSHIP" | "OWNERSHIP" | "PLATFORM" | "STATE" | "SUPPORT" | "SCOPE";
        /**
         * @description ALLOW and DENY: a rule decided. NO_MATCH: no rule speaks about it, so it is denied. The others are refused before the policy is asked. UNKNOWN_RESOURCE and UNKNOWN_ACTION: that cannot be asked there; on the platform (without organizationId), in an organization and in a project it is not the same. UNKNOWN_SUBJECT: no user can have this id. UNKNOWN_SCOPE: there is no such organization or project.
         * @enum {string}
         */
        DecisionReason: "ALLOW" | "DENY" | "NO_MATCH" | "UNKNOWN_RESOURCE" | "UNKNOWN_ACTION" | "UNKNOWN_SUBJECT" | "UNKNOWN_SCOPE";
        /** @description An answer with the rule that decided; there is none where no rule speaks about it. */
        AccessPlanVerdict: {
            /** @description Whether it is allowed. */
            decision: boolean;
            reason: components["schemas"]["DecisionReason"];
            rule?: components["schemas"]["DecidingRule"];
        };
        /** @description A permission that all holders of the same roles gain or lose. */
        AccessPlanChange: {
            kind: components["schemas"]["PolicyChangeKind"];
            /**
             * @description Resource and action.
             * @example connection:delete
             */
            permission: string;
            flags?: components["schemas"]["AccessPlanFlags"];
            before: components["schemas"]["AccessPlanVerdict"];
            after: components["schemas"]["AccessPlanVerdict"];
            /** @description Which of the roles, states and scopes answer otherwise than before. */
            because: string[];
            lastUse?: components["schemas"]["AccessPlanLastUse"];
        };
        /** @description What happens to all who hold the same, and how many they are. */
        AccessPlanEffect: {
            effect: components["schemas"]["AccessPlanEffectNumber"];
            level: components["schemas"]["AccessPlanLevel"];
            /** @description The project, where rules name it; else it is so in every place of the level. */
            place?: string;
            /** @description The roles and states that have a say in what changes. */
            roles: string[];
            /** @description Of a key with scopes those that have a say. */
            scopes?: string[];
            /** @description The ways of its subjects. */
            via: components["schemas"]["AccessPlanSource"][];
            subjects: components["schemas"]["AccessPlanCount"];
            organizations: components["schemas"]["AccessPlanCount"];
            /** @description What is gained and lost. */
            changes: components["schemas"]["AccessPlanChange"][];
        };
        /**
         * @description COMPLETE: the rows name every subject. GROUPED: they say how many there are, because there are more than a million.
         * @enum {string}
         */
        AccessPlanDetail: "COMPLETE" | "GROUPED";
        /** @description The plan without its rows. `tenet policy plan -o json` has the same for the same policies and data. */
        AccessPlanDocument: {
            /** @description The scopes whose policy changes. */
            targets: components["schemas"]["AccessPlanMove"][];
            roleMapping?: components["schemas"]["RoleMapping"];
            digest: components["schemas"]["Sha256"];
            summary: components["schemas"]["AccessPlanSummary"];
            uses: components["schemas"]["AccessPlanUses"];
            /** @description What the change must not do, or what its reviewer should know. */
            rails: components["schemas"]["AccessPlanRail"][];
            /** @description Invitations without an answer yet, with a role that will not be what it was. */
            pendingInvitations: components["schemas"]["AccessPlanInvitations"][];
            /** @description Grants, offers and keys that stay and are of no use after the change. */
            stranded: components["schemas"]["AccessPlanStranded"][];
            verification: components["schemas"]["AccessPlanVerification"];
            /** @description What changes for all who hold the same. */
            effects: components["schemas"]["AccessPlanEffect"][];
            detail: components["schemas"]["AccessPlanDetail"];
        };
        /**
         * @description Who did it: the id of a user, with a key `user_.../key_...` (or `svc_.../key_...`), or the manifest.
         * @example user_01h455vb4pex5vsknk084sn02q
         */
        ActorName: string;
        /** @description What a change of policy does to all who hold something, at one moment. */
        AccessPlan: {
            id: components["schemas"]["AccessPlanId"];
            state: components["schemas"]["AccessPlanState"];
            /** @description The scopes that were asked about. */
            targets: components["schemas"]["AccessPlanTarget"][];
            reason?: components["schemas"]["Reason"];
            roleMapping?: components["schemas"]["RoleMapping"];
            dataAt?: components["schemas"]["Timestamp"];
            /** @description Why it FAILED and what to do. */
            failure?: string;
            plan?: components["schemas"]["AccessPlanDocument"];
            createdBy: components["schemas"]["ActorName"];
            createdAt: components["schemas"]["Timestamp"];
            updatedAt: components["schemas"]["Timestamp"];
            expiresAt: components["schemas"]["Timestamp"];
            etag: components["schemas"]["Etag"];
        };
        /**
         * @description The etag of what was read, quotes included; a list of them; or `*`.
         * @example "7"
         */
        IfMatch: string;
        /** @description Why it is applied. */
        ApplyAccessPlan: {
            reason: components["schemas"]["Reason"];
        };
        /** @description What was in force before: who had put it into force, when and why. */
        ReplacedRevision: {
            revision: components["schemas"]["RevisionNumber"];
            /** @description Who had put it into force. */
            by: string;
            at: components["schemas"]["Timestamp"];
            /** @description Why. */
            reason: string;
            backTo?: components["schemas"]["RevisionNumber"];
        };
        /** @description A scope, the revision that is in force now, and the one that it took the place of. */
        AppliedScope: {
            scope: components["schemas"]["PolicyScope"];
            revision: components["schemas"]["RevisionNumber"];
            replaced?: components["schemas"]["ReplacedRevision"];
        };
        /** @description What is in force now. */
        AppliedAccessPlan: {
            digest: components["schemas"]["Sha256"];
            /** @description The scopes that changed. */
            scopes: components["schemas"]["AppliedScope"][];
        };
        /**
         * @description The id of a user, of a service account or of an API key.
         * @example user_01h455vb4pex5vsknk084sn02q
         */
        AccessPlanSubjectId: string;
        /** @description Opaque; gives the next page of the same list with the same filters. Absent on the last page. */
        PageToken: string;
        /**
         * @description OTHER_PROJECTS: all active projects but those in which a subject has a role of its own (`exceptProjects`), and those that other rows name.
         * @enum {string}
         */
        AccessPlanPlace: "PLATFORM" | "ORGANIZATION" | "PROJECT" | "OTHER_PROJECTS";
        /**
         * @description Whom a row is about. CONTROLLER is Tenet itself, while it does what a manifest says.
         * @enum {string}
         */
        AccessPlanSubjectType: "USER" | "SERVICE_ACCOUNT" | "API_KEY" | "CONTROLLER";
        /** @description A subject of a row. */
        AccessPlanSubject: {
            id: components["schemas"]["AccessPlanSubjectId"];
            /** @description Projects that are left out for it. */
            exceptProjects?: components["schemas"]["ProjectId"][];
        };
        /** @description Subjects whom an effect meets in the same place, by the same ways. */
        AccessPlanRow: {
            effect: components["schemas"]["AccessPlanEffectNumber"];
            organizationId?: components["schemas"]["OrganizationId"];
            place: components["schemas"]["AccessPlanPlace"];
            projectId?: components["schemas"]["ProjectId"];
            subjectType: components["schemas"]["AccessPlanSubjectType"];
            /** @description How they have what answers otherwise. */
            via: components["schemas"]["AccessPlanSource"][];
            count: components["schemas"]["AccessPlanCount"];
            /**
             * @description A sum over the pairs of subject and place. A row of the same effect, place and count with another fold is about others.
             * @example 5be1c2a07d3f9e64
             */
            fold: string;
            /** @description Some of the subjects, 100 at most; absent where the detail is GROUPED. */
            subjects?: components["schemas"]["AccessPlanSubject"][];
        };
        /** @description One page of whom a plan concerns. */
        AccessPlanRowList: {
            /** @description The items of this page. */
            items: components["schemas"]["AccessPlanRow"][];
            nextPageToken?: components["schemas"]["PageToken"];
        };
        /**
         * @description The id of an invitation (TypeID).
         * @example inv_01h455vb4pex5vsknk084sn02q
         */
        InvitationId: string;
        /**
         * Format: email
         * @description An e-mail address, compared without regard to case. It is ASCII, with at most 64 characters in front of the @ and a full domain; an internationalized domain is written in its ASCII form (xn--...).
         * @example ada@example.com
         */
        Email: string;
        /**
         * Format: name
         * @description A name for people. It starts with a visible character, which no combining mark is, and holds no control characters, no invisible ones and none that change the direction of writing. The joiners U+200C and U+200D stand alone between two characters of a word.
         */
        Name: string;
        /** @description A role in one project, with its name. */
        MyProjectRole: {
            projectId: components["schemas"]["ProjectId"];
            projectName: components["schemas"]["Name"];
            role: components["schemas"]["RoleId"];
        };
        /**
         * @description The life of an invitation. Only a PENDING one can be answered.
         * @enum {string}
         */
        InvitationState: "PENDING" | "ACCEPTED" | "DECLINED" | "REVOKED" | "EXPIRED";
        /**
         * Format: date-time
         * @description When the offered roles end, whenever they are accepted; absent when they do not end.
         * @example 2099-12-31T18:00:00.000Z
         */
        OfferedUntil: string;
        /**
         * @description Where the picture is that stands for the organization.
         * @example https://acme.example/logo.png
         */
        LogoUrl: string;
        /** @description A role as people read it; without a project, in the organization itself. */
        OfferedRole: {
            role: components["schemas"]["RoleId"];
            /**
             * @description Its name for people.
             * @example Member
             */
            title: string;
            projectId?: components["schemas"]["ProjectId"];
            projectName?: components["schemas"]["Name"];
        };
        /**
         * @description The name of the person who invites; in an invitation by mail the address where there is no name.
         * @example Ada Lovelace
         */
        InviterName: string;
        /** @description An invitation as the invited person sees it. */
        MyInvitation: {
            id: components["schemas"]["InvitationId"];
            organizationId: components["schemas"]["OrganizationId"];
            projectId?: components["schemas"]["ProjectId"];
            email: components["schemas"]["Email"];
            name?: components["schemas"]["Name"];
            /** @description The roles that are offered in the organization; none for an invitation to a project, by which a new member gets the lowest one. */
            roles: components["schemas"]["RoleId"][];
            /** @description The roles that are offered in projects. */
            projectRoles: components["schemas"]["MyProjectRole"][];
            state: components["schemas"]["InvitationState"];
            expiresAt: components["schemas"]["Timestamp"];
            until?: components["schemas"]["OfferedUntil"];
            organizationName: components["schemas"]["Name"];
            organizationLogoUrl?: components["schemas"]["LogoUrl"];
            /** @description The same roles as people read them. */
            offers: components["schemas"]["OfferedRole"][];
            inviterName?: components["schemas"]["InviterName"];
            createdAt: components["schemas"]["Timestamp"];
            updatedAt: components["schemas"]["Timestamp"];
        };
        /** @description One page of invitations addressed to you. */
        MyInvitationList: {
            /** @description The items of this page. */
            items: components["schemas"]["MyInvitation"][];
            nextPageToken?: components["schemas"]["PageToken"];
        };
        /**
         * @description The id of a user (TypeID).
         * @example user_01h455vb4pex5vsknk084sn02q
         */
        UserId: string;
        /**
         * @description INACTIVE: still a member, but everything is denied.
         * @enum {string}
         */
        MemberState: "ACTIVE" | "INACTIVE";
        /** @description A role that a member holds in the organization. */
        MemberRole: {
            role: components["schemas"]["RoleId"];
            grantId?: components["schemas"]["GrantId"];
            until?: components["schemas"]["Timestamp"];
        };
        /**
         * @description The value of a label; it may be empty.
         * @example prod
         */
        LabelValue: string;
        /**
         * @description Keys and values to sort and find by, in the syntax of Kubernetes: a key is a name of at most 63 characters, behind a domain and a slash if one likes. Prefixes that end with tenet.dev are those of Tenet.
         * @example {
         *       "env": "prod",
         *       "acme.example/team": "payments"
         *     }
         */
        Labels: {
            [key: string]: components["schemas"]["LabelValue"];
        };
        /** @description A user in an organization. */
        Member: {
            organizationId: components["schemas"]["OrganizationId"];
            userId: components["schemas"]["UserId"];
            /**
             * Format: email
             * @description The verified address; null when there is none.
             * @example ada@example.com
             */
            email: string | null;
            /**
             * Format: name
             * @description A name for people. It starts with a visible character, which no combining mark is, and holds no control characters, no invisible ones and none that change the direction of writing. The joiners U+200C and U+200D stand alone between two characters of a word.
             */
            displayName: string | null;
            state: components["schemas"]["MemberState"];
            /** @description Roles in the organization; a role without grantId comes from ownership. */
            roles: components["schemas"]["MemberRole"][];
            labels: components["schemas"]["Labels"];
            managedBy?: components["schemas"]["ManagedBy"];
            /**
             * Format: date-time
             * @description When the member last did something in the organization with a token, to the hour; the ETag does not follow it. Absent before the first time.
             * @example 2026-11-21T09:30:00.000Z
             */
            lastSeenAt?: string;
            joinedAt: components["schemas"]["Timestamp"];
            updatedAt: components["schemas"]["Timestamp"];
            etag: components["schemas"]["Etag"];
        };
        /** @description The token out of the invitation mail, or of a link. */
        AcceptInvitation: {
            /** @description The token. */
            token: string;
        };
        /** @description What a token offers. */
        InvitationPreview: {
            organizationName: components["schemas"]["Name"];
            organizationLogoUrl?: components["schemas"]["LogoUrl"];
            /** @description The roles. */
            offers: components["schemas"]["OfferedRole"][];
            inviterName?: components["schemas"]["InviterName"];
            expiresAt: components["schemas"]["Timestamp"];
            until?: components["schemas"]["OfferedUntil"];
        };
        /**
         * @description A selector of labels in the grammar of Kubernetes.
         * @example env in (prod,staging),!legacy
         */
        LabelSelector: string;
        /** @description One page of members. */
        MemberList: {
            /** @description The items of this page. */
            items: components["schemas"]["Member"][];
            nextPageToken?: components["schemas"]["PageToken"];
        };
        /**
         * @description Invitations by the member that nobody has answered. One that stays is good for as long as the member may offer what it offers, so not after a removal. One that is transferred stands on the rights of `successorId`, another active member; without it, on those of the caller. A member who leaves names one.
         * @enum {string}
         */
        InvitationDisposition: "KEEP" | "REVOKE" | "TRANSFER";
        /**
         * @description Service accounts that the member made (revoked: deleted, with their grants and keys); keys of service accounts that the member made, and whose secret they saw.
         * @enum {string}
         */
        WorkDisposition: "KEEP" | "REVOKE";
        /** @description What becomes of what a member made who goes or is switched off. What is not said stays. Roles and keys of the member go with the member. */
        MemberDisposition: {
            invitations?: components["schemas"]["InvitationDisposition"];
            successorId?: components["schemas"]["UserId"];
            serviceAccounts?: components["schemas"]["WorkDisposition"];
            apiKeys?: components["schemas"]["WorkDisposition"];
        };
        /**
         * @description A merge patch of labels. What is absent stays, null takes a label away.
         * @example {
         *       "env": "prod",
         *       "acme.example/team": null
         *     }
         */
        LabelsPatch: {
            [key: string]: string | null;
        };
        /** @description What changes; what is absent stays. */
        UpdateMember: {
            state?: components["schemas"]["MemberState"];
            /**
             * Format: name
             * @description A name for people. It starts with a visible character, which no combining mark is, and holds no control characters, no invisible ones and none that change the direction of writing. The joiners U+200C and U+200D stand alone between two characters of a word.
             */
            displayName?: string | null;
            disposition?: components["schemas"]["MemberDisposition"];
            labels?: components["schemas"]["LabelsPatch"];
        };
        /**
         * @description An action of the permission vocabulary.
         * @example create
         */
        Action: string;
        /** @description For each resource type, the actions that are allowed. */
        CapabilityMap: {
            [key: string]: components["schemas"]["Action"][];
        };
        /** @description What a member may do in the organization itself. */
        MemberCapabilities: {
            organizationId: components["schemas"]["OrganizationId"];
            userId: components["schemas"]["UserId"];
            capabilities: components["schemas"]["CapabilityMap"];
        };
        /**
         * @description What has to be typed where the kind of organization wants the operation confirmed (`confirmations` of its switches); elsewhere it is not looked at.
         * @example Acme
         */
        Confirmation: string;
        /** @description What confirms it, where that is wanted, and what becomes of what the member made; else an empty object. */
        RemoveMember: {
            confirmation?: components["schemas"]["Confirmation"];
            disposition?: components["schemas"]["MemberDisposition"];
        };
        /** @description What confirms it, where that is wanted, and what becomes of what you made; else an empty object. */
        LeaveOrganization: {
            confirmation?: components["schemas"]["Confirmation"];
            disposition?: components["schemas"]["MemberDisposition"];
        };
        /** @description From when tokens of a person count again. */
        SignOut: {
            userId: components["schemas"]["UserId"];
            /**
             * Format: date-time
             * @description Tokens that were issued before this are refused; it has whole seconds, as tokens have.
             * @example 2026-11-21T09:30:01.000Z
             */
            tokensFrom: string;
        };
        /**
         * @description REQUIRED: members have to sign in with a second factor.
         * @enum {string}
         */
        Mfa: "OPTIONAL" | "REQUIRED";
        /** @description Whether an organization requires a second factor. */
        MfaRequirement: {
            organizationId: components["schemas"]["OrganizationId"];
            requirement: components["schemas"]["Mfa"];
            /** @description What this kind of organization offers; OPTIONAL alone where it has no such switch. */
            choices: components["schemas"]["Mfa"][];
            /**
             * @description For so many days a member is let in without one.
             * @example 14
             */
            graceDays: number;
            since?: components["schemas"]["Timestamp"];
            managedBy?: components["schemas"]["ManagedBy"];
            etag: components["schemas"]["Etag"];
        };
        /** @description What is required from now on. */
        ReplaceMfaRequirement: {
            requirement: components["schemas"]["Mfa"];
        };
        /**
         * @description COVERED: they have used the organization with a second factor in the last 30 days. IN_GRACE, MISSING: they have not, and are still let in without one, or no longer where it is required.
         * @enum {string}
         */
        MfaCoverageState: "COVERED" | "IN_GRACE" | "MISSING";
        /** @description A member and the second factor. */
        MfaCoverage: {
            userId: components["schemas"]["UserId"];
            /**
             * Format: email
             * @description The verified address; null when there is none.
             * @example ada@example.com
             */
            email: string | null;
            /**
             * Format: name
             * @description A name for people. It starts with a visible character, which no combining mark is, and holds no control characters, no invisible ones and none that change the direction of writing. The joiners U+200C and U+200D stand alone between two characters of a word.
             */
            displayName: string | null;
            state: components["schemas"]["MfaCoverageState"];
            /**
             * Format: date-time
             * @description When they last used the organization after a sign-in with a second factor; absent when they never did.
             * @example 2026-11-21T09:30:00.000Z
             */
            secondFactorAt?: string;
            /**
             * Format: date-time
             * @description Until when they are let in without one; absent where none is required.
             * @example 2026-12-05T09:30:00.000Z
             */
            graceUntil?: string;
        };
        /** @description One page of members. */
        MfaCoverageList: {
            /** @description The items of this page. */
            items: components["schemas"]["MfaCoverage"][];
            nextPageToken?: components["schemas"]["PageToken"];
        };
        /** @description A role in one project. */
        ProjectRole: {
            projectId: components["schemas"]["ProjectId"];
            role: components["schemas"]["RoleId"];
        };
        /** @description An offer of membership to an e-mail address. */
        Invitation: {
            id: components["schemas"]["InvitationId"];
            organizationId: components["schemas"]["OrganizationId"];
            projectId?: components["schemas"]["ProjectId"];
            email: components["schemas"]["Email"];
            name?: components["schemas"]["Name"];
            /** @description The roles that are offered in the organization; none for an invitation to a project, by which a new member gets the lowest one. */
            roles: components["schemas"]["RoleId"][];
            /** @description The roles that are offered in projects. */
            projectRoles: components["schemas"]["ProjectRole"][];
            state: components["schemas"]["InvitationState"];
            expiresAt: components["schemas"]["Timestamp"];
            until?: components["schemas"]["OfferedUntil"];
            /**
             * Format: int32
             * @description How often it was sent.
             */
            sentCount: number;
            lastSentAt?: components["schemas"]["Timestamp"];
            invitedBy?: components["schemas"]["ActorName"];
            managedBy?: components["schemas"]["ManagedBy"];
            createdAt: components["schemas"]["Timestamp"];
            updatedAt: components["schemas"]["Timestamp"];
            etag: components["schemas"]["Etag"];
        };
        /** @description One page of invitations. */
        InvitationList: {
            /** @description The items of this page. */
            items: components["schemas"]["Invitation"][];
            nextPageToken?: components["schemas"]["PageToken"];
        };
        /** @description A person to invite. Some kinds of organization take a name, which the member has there from then on. */
        Invitee: {
            email: components["schemas"]["Email"];
            name?: components["schemas"]["Name"];
        };
        /** @description The people. Either every one is invited or none. */
        Invitees: components["schemas"]["Invitee"][];
        /** @description The roles in the organization. Some kinds of organization give one when none is named, and some let several be named. */
        OfferedRoles: components["schemas"]["RoleId"][];
        /** @description The roles in projects of the organization. */
        OfferedProjectRoles: components["schemas"]["ProjectRole"][];
        /**
         * @description The id of a role template (TypeID).
         * @example tpl_01h455vb4pex5vsknk084sn02q
         */
        RoleTemplateId: string;
        /**
         * Format: int32
         * @description Days until the invitation expires; the blueprint says how many when absent.
         */
        ExpiresInDays: number;
        /** @description The same roles for one or several people. A role template says them in place of `roles` and `projectRoles`. */
        CreateInvitations: {
            invitees: components["schemas"]["Invitees"];
            roles?: components["schemas"]["OfferedRoles"];
            projectRoles?: components["schemas"]["OfferedProjectRoles"];
            template?: components["schemas"]["RoleTemplateId"];
            until?: components["schemas"]["OfferedUntil"];
            expiresInDays?: components["schemas"]["ExpiresInDays"];
        };
        /** @description The invitations that were created, in the order of the request. */
        CreatedInvitations: {
            /** @description The invitations. */
            items: components["schemas"]["Invitation"][];
        };
        /** @description One role in the project for one or several people. */
        CreateProjectInvitations: {
            invitees: components["schemas"]["Invitees"];
            role: components["schemas"]["RoleId"];
            until?: components["schemas"]["OfferedUntil"];
            expiresInDays?: components["schemas"]["ExpiresInDays"];
        };
        /**
         * @description Whether the role is given in the organization or in a project.
         * @enum {string}
         */
        RoleLevel: "ORG" | "PROJECT";
        /**
         * @description BUILT_IN: from the blueprint. CUSTOM: defined by the organization.
         * @enum {string}
         */
        RoleKind: "BUILT_IN" | "CUSTOM";
        /**
         * @description What a rule does when it matches. DENY wins.
         * @enum {string}
         */
        Effect: "ALLOW" | "DENY";
        /** @description One thing that a role allows or denies. */
        Permission: {
            /** @description A resource type, or `*` for each. */
            resource: string;
            /** @description An action, or `*` for each. */
            action: string;
            /** @description Where: `*` wherever the role reaches, `org`, `project`, or one domain. */
            domain: string;
            effect: components["schemas"]["Effect"];
        };
        /** @description A named set of permissions. */
        Role: {
            id: components["schemas"]["RoleId"];
            /** @description Its name for people. */
            title: string;
            /** @description What it is for. */
            description: string;
            level: components["schemas"]["RoleLevel"];
            kind: components["schemas"]["RoleKind"];
            tier?: components["schemas"]["RoleId"];
            /**
             * @description Whether a role that the organization defines can carry this one as its tier.
             * @example true
             */
            isTier: boolean;
            /**
             * Format: int32
             * @description How many people hold it now by a grant of their own.
             * @example 3
             */
            memberCount: number;
            /**
             * Format: int32
             * @description A number to show and to sort by, where the kind of organization has one. It decides nothing.
             */
            rank?: number;
            /** @description Roles in the organization of which a holder of this role in a project needs one, for as long as they hold it. */
            requires?: components["schemas"]["RoleId"][];
            /** @description What it allows and denies. */
            permissions: components["schemas"]["Permission"][];
            /** @description Whether you may give this role here. */
            assignable: boolean;
            /**
             * @description Whether you may offer this role in an invitation.
             * @example true
             */
            invitable: boolean;
            managedBy?: components["schemas"]["ManagedBy"];
            /**
             * @description The version of a role that the organization has defined, for If-Match.
             * @example "1"
             */
            etag?: string;
        };
        /** @description One page of roles. */
        RoleList: {
            /** @description The items of this page. */
            items: components["schemas"]["Role"][];
            nextPageToken?: components["schemas"]["PageToken"];
        };
        /**
         * Format: text
         * @description What it is for.
         * @example Runs the applications and sees the people.
         */
        RoleDescription: string;
        /**
         * @description A resource type and an action.
         * @example member:list
         */
        PermissionName: string;
        /** @description What it holds. */
        PermissionNames: components["schemas"]["PermissionName"][];
        /**
         * @description The name of a preset of the blueprint.
         * @example operator
         */
        PresetName: string;
        /** @description A role of the organization. Without a preset it says its tier and its permissions; with one, what it leaves out comes from there. */
        CreateRole: {
            title: components["schemas"]["Name"];
            description?: components["schemas"]["RoleDescription"];
            tier?: components["schemas"]["RoleId"];
            permissions?: components["schemas"]["PermissionNames"];
            preset?: components["schemas"]["PresetName"];
        };
        /** @description Everything that the role is from now on. */
        ReplaceRole: {
            title: components["schemas"]["Name"];
            description?: components["schemas"]["RoleDescription"];
            tier: components["schemas"]["RoleId"];
            permissions: components["schemas"]["PermissionNames"];
        };
        /** @description Permissions that belong together. */
        PermissionGroup: {
            /**
             * @description Its name for programs.
             * @example people
             */
            name: string;
            /**
             * @description Its name for people.
             * @example People
             */
            title: string;
            level: components["schemas"]["RoleLevel"];
            permissions: components["schemas"]["PermissionNames"];
        };
        /** @description What a role of the organization can be made of. */
        PermissionGroupList: {
            /** @description The groups. */
            items: components["schemas"]["PermissionGroup"][];
            nextPageToken?: components["schemas"]["PageToken"];
        };
        /** @description A role to begin with. */
        RolePreset: {
            name: components["schemas"]["PresetName"];
            /**
             * @description Its name for people.
             * @example Operator
             */
            title: string;
            /** @description What such a role is for. */
            description: string;
            tier: components["schemas"]["RoleId"];
            permissions: components["schemas"]["PermissionNames"];
        };
        /** @description The presets of the blueprint. */
        RolePresetList: {
            /** @description The presets. */
            items: components["schemas"]["RolePreset"][];
            nextPageToken?: components["schemas"]["PageToken"];
        };
        /** @description Roles under a name, which invitations offer together. A project that was deleted is named no more. */
        RoleTemplate: {
            id: components["schemas"]["RoleTemplateId"];
            organizationId: components["schemas"]["OrganizationId"];
            name: components["schemas"]["Name"];
            description: components["schemas"]["RoleDescription"];
            roles: components["schemas"]["OfferedRoles"];
            projectRoles: components["schemas"]["OfferedProjectRoles"];
            createdAt: components["schemas"]["Timestamp"];
            updatedAt: components["schemas"]["Timestamp"];
            etag: components["schemas"]["Etag"];
        };
        /** @description The templates of the organization, oldest first. */
        RoleTemplateList: {
            /** @description The templates. */
            items: components["schemas"]["RoleTemplate"][];
            nextPageToken?: components["schemas"]["PageToken"];
        };
        /** @description Everything that the template is. */
        WriteRoleTemplate: {
            name: components["schemas"]["Name"];
            description?: components["schemas"]["RoleDescription"];
            roles?: components["schemas"]["OfferedRoles"];
            projectRoles?: components["schemas"]["OfferedProjectRoles"];
        };
        /**
         * @description Where a grant comes from: createGrant, an answered invitation, the creation of the organization or project, or a manifest.
         * @enum {string}
         */
        GrantSource: "DIRECT" | "INVITATION" | "CREATION" | "MANIFEST";
        /** @description A subject has a role in an organization or a project. */
        Grant: {
            id: components["schemas"]["GrantId"];
            subject: components["schemas"]["GrantSubject"];
            role: components["schemas"]["RoleId"];
            /** @description Whether the user is no member of the organization; absent for roles and service accounts. */
            external?: boolean;
            organizationId: components["schemas"]["OrganizationId"];
            projectId?: components["schemas"]["ProjectId"];
            /**
             * Format: date-time
             * @description The grant does not count before, because it was given so or because one that ends has taken its place; absent while it counts.
             * @example 2099-12-31T18:00:00.000Z
             */
            from?: string;
            until?: components["schemas"]["Timestamp"];
            reason?: components["schemas"]["Reason"];
            source: components["schemas"]["GrantSource"];
            grantedBy?: components["schemas"]["ActorName"];
            managedBy?: components["schemas"]["ManagedBy"];
            createdAt: components["schemas"]["Timestamp"];
        };
        /** @description One page of grants. */
        GrantList: {
            /** @description The items of this page. */
            items: components["schemas"]["Grant"][];
            nextPageToken?: components["schemas"]["PageToken"];
        };
        /** @description Who gets which role here, from when and until when. */
        CreateGrant: {
            subject: components["schemas"]["GrantSubject"];
            role: components["schemas"]["RoleId"];
            /**
             * Format: date-time
             * @description The role counts from then on, which is in the future and before `until`; at once when absent.
             * @example 2099-12-31T18:00:00.000Z
             */
            from?: string;
            until?: components["schemas"]["Timestamp"];
            reason?: components["schemas"]["Reason"];
        };
        /** @description How many members there are. */
        AccessMembers: {
            /**
             * Format: int32
             * @description Those who are active.
             */
            active: number;
            /**
             * Format: int32
             * @description Those whose membership is switched off.
             */
            inactive: number;
        };
        /**
         * @description Where the role is held.
         * @enum {string}
         */
        AccessLevel: "ORGANIZATION" | "PROJECT";
        /** @description How often a role is held at a level by grants of its own. */
        AccessRoleCount: {
            role: components["schemas"]["RoleId"];
            level: components["schemas"]["AccessLevel"];
            /**
             * Format: int32
             * @description People and service accounts that it was given to.
             */
            holders: number;
            /**
             * Format: int32
             * @description Roles that it was given to.
             */
            givenToRoles: number;
        };
        /** @description Access in numbers. In the report of a project, those of grants in it. */
        AccessSummary: {
            members: components["schemas"]["AccessMembers"];
            /**
             * Format: int32
             * @description People who are no members and have a role in a project.
             */
            externals: number;
            /**
             * Format: int32
             * @description Service accounts.
             */
            serviceAccounts: number;
            /**
             * Format: int32
             * @description Projects.
             */
            projects: number;
            /** @description Each role that is held. */
            roles: components["schemas"]["AccessRoleCount"][];
        };
        /**
         * @description What holds roles.
         * @enum {string}
         */
        HolderType: "USER" | "SERVICE_ACCOUNT";
        /** @description A person or a service account. */
        Holder: {
            type: components["schemas"]["HolderType"];
            /**
             * @description The id of a user or of a service account.
             * @example user_01h455vb4pex5vsknk084sn02q
             */
            id: string;
        };
        /**
         * @description EXTERNAL: a person who is no member and has a role in a project.
         * @enum {string}
         */
        AccessRelation: "MEMBER" | "EXTERNAL" | "SERVICE_ACCOUNT";
        /**
         * @description INACTIVE: the membership is switched off. SUSPENDED: the account is, on the whole platform. Neither has access while it lasts.
         * @enum {string}
         */
        AccessState: "ACTIVE" | "INACTIVE" | "SUSPENDED";
        /** @description One way in which a person or a service account has access. Without `role`, a member who holds none. */
        AccessEntry: {
            subject: components["schemas"]["Holder"];
            /** @description The name of a member or a service account. */
            displayName?: string;
            /** @description The address of a member. */
            email?: string;
            relation: components["schemas"]["AccessRelation"];
            state: components["schemas"]["AccessState"];
            /** @description Whether the organization is theirs. */
            isOwner: boolean;
            /**
             * Format: date-time
             * @description When the subject last changed something in the organization, or tried to, or used an API key; of keys, exact to half a minute. Absent when there is no trace.
             * @example 2026-11-21T09:30:00.000Z
             */
            lastUsedAt?: string;
            role?: components["schemas"]["RoleId"];
            level?: components["schemas"]["AccessLevel"];
            projectId?: components["schemas"]["ProjectId"];
            projectName?: components["schemas"]["Name"];
            /** @description Whether a role in the organization allows something in each of its projects. */
            reachesProjects?: boolean;
            through?: components["schemas"]["RoleId"];
            grantId?: components["schemas"]["GrantId"];
            /**
             * Format: date-time
             * @description When it begins to count; absent while it does.
             * @example 2099-12-31T18:00:00.000Z
             */
            from?: string;
            until?: components["schemas"]["Timestamp"];
        };
        /** @description One page of who has access. The entries of one subject stand together. */
        AccessReport: {
            summary?: components["schemas"]["AccessSummary"];
            /** @description The items of this page. */
            items: components["schemas"]["AccessEntry"][];
            nextPageToken?: components["schemas"]["PageToken"];
        };
        /**
         * @description USED_UP: by as many people as may use it. People join by an ACTIVE one alone.
         * @enum {string}
         */
        InvitationLinkState: "ACTIVE" | "USED_UP" | "EXPIRED" | "REVOKED";
        /**
         * @description The id of an invitation link (TypeID). It is no secret; the token is.
         * @example ilk_01h455vb4pex5vsknk084sn02q
         */
        InvitationLinkId: string;
        /**
         * @description A domain, compared without regard to case; an internationalized one in its ASCII form (xn--...).
         * @example example.com
         */
        EmailDomain: string;
        /** @description The domains of the addresses of people who may use it; none, or an empty list, is any. A domain does not stand for those below it. */
        LinkDomains: components["schemas"]["EmailDomain"][];
        /**
         * Format: int32
         * @description How many people may join by it; without a number, as many as want to until it expires.
         */
        MaxUses: number;
        /** @description A link by which several people join. */
        InvitationLink: {
            id: components["schemas"]["InvitationLinkId"];
            organizationId: components["schemas"]["OrganizationId"];
            projectId?: components["schemas"]["ProjectId"];
            /** @description The roles that it offers in the organization; none for a link to a project, by which a new member gets the lowest one. */
            roles: components["schemas"]["RoleId"][];
            /** @description The roles that it offers in projects. */
            projectRoles: components["schemas"]["ProjectRole"][];
            domains: components["schemas"]["LinkDomains"];
            maxUses?: components["schemas"]["MaxUses"];
            /**
             * Format: int32
             * @description How many people have joined by it.
             */
            uses: number;
            state: components["schemas"]["InvitationLinkState"];
            expiresAt: components["schemas"]["Timestamp"];
            until?: components["schemas"]["OfferedUntil"];
            invitedBy: components["schemas"]["ActorName"];
            createdAt: components["schemas"]["Timestamp"];
            updatedAt: components["schemas"]["Timestamp"];
            etag: components["schemas"]["Etag"];
        };
        /** @description One page of invitation links. */
        InvitationLinkList: {
            /** @description The items of this page. */
            items: components["schemas"]["InvitationLink"][];
            nextPageToken?: components["schemas"]["PageToken"];
        };
        /** @description What it offers, to whom and for how long. */
        CreateInvitationLink: {
            /** @description The roles in the organization. Some kinds of organization give one when none is named, and some let several be named. */
            roles?: components["schemas"]["RoleId"][];
            /** @description The roles in projects of the organization. */
            projectRoles?: components["schemas"]["ProjectRole"][];
            domains?: components["schemas"]["LinkDomains"];
            maxUses?: components["schemas"]["MaxUses"];
            until?: components["schemas"]["OfferedUntil"];
            expiresInDays?: components["schemas"]["ExpiresInDays"];
        };
        /** @description A link with its token. Keep the token now; it is shown this once, and a replayed answer is without it. */
        CreatedInvitationLink: {
            id: components["schemas"]["InvitationLinkId"];
            organizationId: components["schemas"]["OrganizationId"];
            projectId?: components["schemas"]["ProjectId"];
            /** @description The roles that it offers in the organization; none for a link to a project, by which a new member gets the lowest one. */
            roles: components["schemas"]["RoleId"][];
            /** @description The roles that it offers in projects. */
            projectRoles: components["schemas"]["ProjectRole"][];
            domains: components["schemas"]["LinkDomains"];
            maxUses?: components["schemas"]["MaxUses"];
            /**
             * Format: int32
             * @description How many people have joined by it.
             */
            uses: number;
            state: components["schemas"]["InvitationLinkState"];
            expiresAt: components["schemas"]["Timestamp"];
            until?: components["schemas"]["OfferedUntil"];
            invitedBy: components["schemas"]["ActorName"];
            createdAt: components["schemas"]["Timestamp"];
            updatedAt: components["schemas"]["Timestamp"];
            etag: components["schemas"]["Etag"];
            /**
             * @description What people accept with. Whoever has it and an address that the link is for may join.
             * @example tntl_EXAMPLE
             */
            token?: string;
        };
        /** @description Which role in the project it offers, to whom and for how long. */
        CreateProjectInvitationLink: {
            role: components["schemas"]["RoleId"];
            domains?: components["schemas"]["LinkDomains"];
            maxUses?: components["schemas"]["MaxUses"];
            until?: components["schemas"]["OfferedUntil"];
            expiresInDays?: components["schemas"]["ExpiresInDays"];
        };
        /**
         * @description What was done, or the noun that it was done to.
         * @example invitation.create
         */
        ActionName: string;
        /**
         * @description The id of what something was done to.
         * @example prj_01h455vb4pex5vsknk084sn02q
         */
        TargetName: string;
        /**
         * @description DENIED: the policy said no. A change that failed for another reason changed nothing, and has no event.
         * @enum {string}
         */
        AuditOutcome: "SUCCEEDED" | "DENIED";
        /**
         * Format: int64
         * @description The place of an event in its log, from 1 without gaps.
         */
        AuditSequence: number;
        /**
         * @description What the caller named the request in X-Request-Id. Tenet has an id of its own beside it, which no caller chooses.
         * @example checkout-4711
         */
        ClientRequestId: string;
        /** @description What happened, who did it, to what, allowed or denied. Events are only ever appended. Without `organizationId` it is of the platform's own log. AuditChanges says for each action what `target`, `before` and `after` hold. */
        AuditEvent: {
            organizationId?: components["schemas"]["OrganizationId"];
            sequence: components["schemas"]["AuditSequence"];
            at: components["schemas"]["Timestamp"];
            actor: components["schemas"]["ActorName"];
            /**
             * @description noun.verb
             * @example invitation.create
             */
            action: string;
            /** @description The id of what it was done to. */
            target: string;
            projectId?: components["schemas"]["ProjectId"];
            outcome: components["schemas"]["AuditOutcome"];
            requestId?: components["schemas"]["RequestId"];
            clientRequestId?: components["schemas"]["ClientRequestId"];
            decisionId?: components["schemas"]["DecisionId"];
            before?: components["schemas"]["Snapshot"];
            after?: components["schemas"]["Snapshot"];
            hash: components["schemas"]["Sha256"];
        };
        /** @description One page of audit events, newest first. */
        AuditEventList: {
            /** @description The items of this page. */
            items: components["schemas"]["AuditEvent"][];
            nextPageToken?: components["schemas"]["PageToken"];
        };
        /**
         * @description HOLDS: the log is complete and as it was recorded, to its end. BROKEN: it is not; `broken` says where first. CONTINUES: it holds so far; ask again with `nextPageToken`.
         * @enum {string}
         */
        AuditLogState: "HOLDS" | "BROKEN" | "CONTINUES";
        /** @description The first event that does not hold. */
        AuditLogBreak: {
            sequence: components["schemas"]["AuditSequence"];
            /**
             * @description What is wrong with it.
             * @example the event is missing
             */
            reason: string;
        };
        /** @description What a request has found out about a log. */
        AuditVerification: {
            organizationId?: components["schemas"]["OrganizationId"];
            state: components["schemas"]["AuditLogState"];
            from?: components["schemas"]["AuditSequence"];
            to?: components["schemas"]["AuditSequence"];
            hash?: components["schemas"]["Sha256"];
            broken?: components["schemas"]["AuditLogBreak"];
            nextPageToken?: components["schemas"]["PageToken"];
        };
        /** @description About whom. */
        EvaluationSubject: {
            /** @description `user`, `service-account` or `api-key`. About any other type the decision is false. */
            type: string;
            /** @description The id. */
            id: string;
            /** @description Ignored. */
            properties?: {
                [key: string]: unknown;
            };
        } & {
            [key: string]: unknown;
        };
        /** @description What would be done. */
        EvaluationAction: {
            /** @description An action. */
            name: string;
            /** @description Ignored. */
            properties?: {
                [key: string]: unknown;
            };
        } & {
            [key: string]: unknown;
        };
        /** @description Where the resource lives. */
        EvaluationScope: {
            /** @description The organization; needed for anything but the platform. */
            organizationId?: string;
            /** @description The project; must belong to the organization. */
            projectId?: string;
        } & {
            [key: string]: unknown;
        };
        /** @description To what. */
        EvaluationResource: {
            /** @description A resource type. */
            type: string;
            /** @description The id, or `*` for the type as a whole. */
            id: string;
            properties?: components["schemas"]["EvaluationScope"];
        } & {
            [key: string]: unknown;
        };
        /** @description A question in the words of AuthZEN. Unknown members are ignored. */
        EvaluationRequest: {
            subject: components["schemas"]["EvaluationSubject"];
            action: components["schemas"]["EvaluationAction"];
            resource: components["schemas"]["EvaluationResource"];
            /** @description Ignored. */
            context?: {
                [key: string]: unknown;
            };
        } & {
            [key: string]: unknown;
        };
        /** @description Why a question of many could not be asked. */
        EvaluationError: {
            /**
             * Format: int32
             * @description The HTTP status that the question alone would be answered with.
             */
            status: number;
            /** @description What is wrong with it. */
            message: string;
        };
        /** @description The state that denied, such as a suspension of the organization. */
        DenyingState: {
            /**
             * @description Its name in the rules.
             * @example state/suspended
             */
            name: string;
            /** @description What it means. */
            title: string;
            problem: components["schemas"]["ProblemCode"];
        };
        /** @description A revision that was in force. */
        RevisionReference: {
            scope: components["schemas"]["PolicyScope"];
            revision: components["schemas"]["RevisionNumber"];
        };
        /** @description Why; only for callers who hold decision:explain in the organization. */
        EvaluationContext: {
            error?: components["schemas"]["EvaluationError"];
            reason?: components["schemas"]["DecisionReason"];
            decisionId?: components["schemas"]["DecisionId"];
            rule?: components["schemas"]["DecidingRule"];
            state?: components["schemas"]["DenyingState"];
            /** @description The policy in force. */
            revisions?: components["schemas"]["RevisionReference"][];
        } & {
            [key: string]: unknown;
        };
        /** @description The answer. A denial is a 200 too. */
        EvaluationResponse: {
            /** @description Whether it is allowed. */
            decision: boolean;
            context?: components["schemas"]["EvaluationContext"];
        } & {
            [key: string]: unknown;
        };
        /** @description What questions without a subject or a resource of their own are about. Of one that has no type, it gives that. */
        EvaluationDefault: {
            /** @description A type. */
            type?: string;
            /** @description An id. */
            id?: string;
            /** @description Properties. */
            properties?: {
                [key: string]: unknown;
            };
        } & {
            [key: string]: unknown;
        };
        /** @description A question, as EvaluationRequest; what is above all questions may be left out. One that cannot be asked is answered false. */
        EvaluationsItem: {
            [key: string]: unknown;
        };
        /**
         * @description `execute_all`, unless another is named, answers every question; the others end behind the first denial or the first permit.
         * @enum {string}
         */
        EvaluationsSemantic: "execute_all" | "deny_on_first_deny" | "permit_on_first_permit";
        /** @description How the questions are answered. */
        EvaluationsOptions: {
            evaluations_semantic?: components["schemas"]["EvaluationsSemantic"];
            /**
             * @description Whether the answers have a context. Tenet's own; some clients expect answers that are exactly a decision.
             * @default false
             */
            include_context?: boolean;
        } & {
            [key: string]: unknown;
        };
        /** @description Questions, and what those that leave it open are about. Unknown members are ignored. */
        EvaluationsRequest: {
            subject?: components["schemas"]["EvaluationDefault"];
            action?: components["schemas"]["EvaluationAction"];
            resource?: components["schemas"]["EvaluationDefault"];
            /** @description Ignored. */
            context?: {
                [key: string]: unknown;
            };
            /** @description The questions. Each needs a subject, an action and a resource, its own or those above. */
            evaluations?: components["schemas"]["EvaluationsItem"][];
            options?: components["schemas"]["EvaluationsOptions"];
        } & {
            [key: string]: unknown;
        };
        /** @description An answer for each question in their order, up to the one that ended it; or one answer, to a request without `evaluations`. */
        EvaluationsResponse: {
            /** @description The answers. */
            evaluations?: components["schemas"]["EvaluationResponse"][];
            /** @description The answer to a request without `evaluations`. */
            decision?: boolean;
            context?: components["schemas"]["EvaluationContext"];
        };
        /** @description The type of subjects that are searched for. An id is ignored. */
        SearchedSubject: {
            /** @description `user`, `service-account` or `api-key`. There are none of any other type. */
            type: string;
        } & {
            [key: string]: unknown;
        };
        /** @description Which part of the results is wanted. Unknown members are ignored. */
        SearchPage: {
            /** @description The `next_token` of the answer before; the same question must be asked with it. */
            token?: string;
            /**
             * Format: int32
             * @description The most results that the answer holds; more than 100 are taken for 100.
             * @default 50
             */
            limit?: number;
        } & {
            [key: string]: unknown;
        };
        /** @description Which subjects may do this? Unknown members are ignored. */
        SubjectSearch: {
            subject: components["schemas"]["SearchedSubject"];
            action: components["schemas"]["EvaluationAction"];
            resource: components["schemas"]["EvaluationResource"];
            /** @description Ignored. */
            context?: {
                [key: string]: unknown;
            };
            page?: components["schemas"]["SearchPage"];
        } & {
            [key: string]: unknown;
        };
        /** @description Where the results go on; absent when they are complete and no page was asked for. */
        SearchedPage: {
            /** @description The token of the next page; empty at the end. */
            next_token: string;
        };
        /** @description What is said besides; absent where nothing is. */
        SubjectSearchContext: {
            /**
             * Format: int32
             * @description How many others of this page may do it, whom you may not list.
             */
            withheld: number;
        };
        /** @description A subject. */
        FoundSubject: {
            /** @description As it was searched for. */
            type: string;
            /** @description Its id. */
            id: string;
        };
        /** @description What was found. */
        SubjectSearchResponse: {
            page?: components["schemas"]["SearchedPage"];
            context?: components["schemas"]["SubjectSearchContext"];
            /** @description In the order of their ids. */
            results: components["schemas"]["FoundSubject"][];
        };
        /** @description The type of resources that are searched for. An id is ignored. */
        SearchedResource: {
            /** @description A resource type. */
            type: string;
            properties?: components["schemas"]["EvaluationScope"];
        } & {
            [key: string]: unknown;
        };
        /** @description Where may the subject do this? Unknown members are ignored. */
        ResourceSearch: {
            subject: components["schemas"]["EvaluationSubject"];
            action: components["schemas"]["EvaluationAction"];
            resource: components["schemas"]["SearchedResource"];
            /** @description Ignored. */
            context?: {
                [key: string]: unknown;
            };
            page?: components["schemas"]["SearchPage"];
        } & {
            [key: string]: unknown;
        };
        /** @description Where it is. */
        FoundPlace: {
            organizationId: components["schemas"]["OrganizationId"];
            projectId?: components["schemas"]["ProjectId"];
        };
        /** @description A resource, or all resources of the type in a place. */
        FoundResource: {
            /** @description As it was searched for. */
            type: string;
            /** @description The id of an organization or project, or `*`. */
            id: string;
            properties: components["schemas"]["FoundPlace"];
        };
        /** @description What was found. */
        ResourceSearchResponse: {
            page?: components["schemas"]["SearchedPage"];
            /** @description In the order of their ids. */
            results: components["schemas"]["FoundResource"][];
        };
        /** @description What may the subject do with this? Unknown members are ignored. */
        ActionSearch: {
            subject: components["schemas"]["EvaluationSubject"];
            resource: components["schemas"]["EvaluationResource"];
            /** @description Ignored. */
            context?: {
                [key: string]: unknown;
            };
            page?: components["schemas"]["SearchPage"];
        } & {
            [key: string]: unknown;
        };
        /** @description An action. */
        FoundAction: {
            name: components["schemas"]["Action"];
        };
        /** @description What was found. */
        ActionSearchResponse: {
            page?: components["schemas"]["SearchedPage"];
            /** @description In the order of the vocabulary. */
            results: components["schemas"]["FoundAction"][];
        };
        /** @description Where the decision endpoints are (AuthZEN 1.0). */
        AuthzenConfiguration: {
            /**
             * Format: uri
             * @description The base URL of this decision point.
             */
            policy_decision_point: string;
            /**
             * Format: uri
             * @description Where a single question goes.
             */
            access_evaluation_endpoint: string;
            /**
             * Format: uri
             * @description Where many questions go.
             */
            access_evaluations_endpoint: string;
            /**
             * Format: uri
             * @description Where it is asked who may do something.
             */
            search_subject_endpoint: string;
            /**
             * Format: uri
             * @description Where it is asked where something may be done.
             */
            search_resource_endpoint: string;
            /**
             * Format: uri
             * @description Where it is asked what may be done.
             */
            search_action_endpoint: string;
            /**
             * Format: uri
             * @description The keys that `signed_metadata` is checked with.
             */
            jwks_uri: string;
            /** @description All other members and `iss`, the base URL, as claims of a JWT (EdDSA, RFC 8037). */
            signed_metadata: string;
        } & {
            [key: string]: unknown;
        };
        /** @description A public key (RFC 7517, RFC 8037). */
        SigningKey: {
            /** @description Type of the key: `OKP`. */
            kty: string;
            /** @description Its curve: `Ed25519`. */
            crv: string;
            /** @description The key in base64url. */
            x: string;
            /** @description Its thumbprint (RFC 7638). */
            kid: string;
            /** @description What it signs with: `EdDSA`. */
            alg: string;
            /** @description What it is for: `sig`. */
            use: string;
        };
        /** @description A JWK Set. */
        SigningKeys: {
            /** @description The one that signs now first. */
            keys: components["schemas"]["SigningKey"][];
        };
        /**
         * Format: name
         * @description The name in law.
         */
        LegalName: string;
        /**
         * Format: name
         * @description The number under which it is taxed.
         * @example DE123456789
         */
        TaxId: string;
        /**
         * Format: name
         * @description One line of an address.
         */
        AddressLine: string;
        /**
         * @description A country by ISO 3166-1.
         * @example DE
         */
        CountryCode: string;
        /** @description Where it is. */
        PostalAddress: {
            /** @description Street, house, floor. */
            lines?: components["schemas"]["AddressLine"][];
            postalCode?: components["schemas"]["AddressLine"];
            city?: components["schemas"]["AddressLine"];
            region?: components["schemas"]["AddressLine"];
            country: components["schemas"]["CountryCode"];
        };
        /**
         * @description What goes to an address.
         * @enum {string}
         */
        BillingEmailPurpose: "INVOICES" | "ALERTS";
        /**
         * Format: email
         * @description An address to write to; it makes no member.
         * @example billing@example.com
         */
        ContactEmail: string;
        /** @description An address and what goes to it. */
        BillingEmail: {
            purpose: components["schemas"]["BillingEmailPurpose"];
            email: components["schemas"]["ContactEmail"];
        };
        /** @description What invoices and alerts of an organization need. */
        BillingProfile: {
            organizationId: components["schemas"]["OrganizationId"];
            legalName?: components["schemas"]["LegalName"];
            taxId?: components["schemas"]["TaxId"];
            address?: components["schemas"]["PostalAddress"];
            /** @description Where invoices and alerts go; first the addresses that are fields of the organization. */
            emails: components["schemas"]["BillingEmail"][];
            updatedAt?: components["schemas"]["Timestamp"];
            etag: components["schemas"]["Etag"];
        };
        /** @description What changes of the address; what is absent stays. */
        PostalAddressPatch: {
            /** @description Street, house, floor; replaced as a whole. */
            lines?: components["schemas"]["AddressLine"][];
            /**
             * Format: name
             * @description One line of an address.
             */
            postalCode?: string | null;
            /**
             * Format: name
             * @description One line of an address.
             */
            city?: string | null;
            /**
             * Format: name
             * @description One line of an address.
             */
            region?: string | null;
            country?: components["schemas"]["CountryCode"];
        } | null;
        /** @description What changes; what is absent stays. */
        UpdateBillingProfile: {
            /**
             * Format: name
             * @description The name in law.
             */
            legalName?: string | null;
            /**
             * Format: name
             * @description The number under which it is taxed.
             */
            taxId?: string | null;
            address?: components["schemas"]["PostalAddressPatch"];
            /** @description The addresses from now on. */
            emails?: components["schemas"]["BillingEmail"][];
        };
        /**
         * @description The id of a service account (TypeID).
         * @example svc_01h455vb4pex5vsknk084sn02q
         */
        ServiceAccountId: string;
        /**
         * Format: text
         * @description What it is for.
         */
        ServiceAccountDescription: string;
        /** @description Something that is no person and holds roles. */
        ServiceAccount: {
            id: components["schemas"]["ServiceAccountId"];
            organizationId: components["schemas"]["OrganizationId"];
            projectId?: components["schemas"]["ProjectId"];
            name: components["schemas"]["Name"];
            description?: components["schemas"]["ServiceAccountDescription"];
            labels: components["schemas"]["Labels"];
            createdBy: components["schemas"]["ActorName"];
            managedBy?: components["schemas"]["ManagedBy"];
            createdAt: components["schemas"]["Timestamp"];
            updatedAt: components["schemas"]["Timestamp"];
            etag: components["schemas"]["Etag"];
        };
        /** @description One page of service accounts. */
        ServiceAccountList: {
            /** @description The items of this page. */
            items: components["schemas"]["ServiceAccount"][];
            nextPageToken?: components["schemas"]["PageToken"];
        };
        /** @description What it is called and what it is for. */
        CreateServiceAccount: {
            name: components["schemas"]["Name"];
            description?: components["schemas"]["ServiceAccountDescription"];
            labels?: components["schemas"]["Labels"];
        };
        /** @description What changes; what is absent stays. */
        UpdateServiceAccount: {
            name?: components["schemas"]["Name"];
            /**
             * Format: text
             * @description What it is for.
             */
            description?: string | null;
            labels?: components["schemas"]["LabelsPatch"];
        };
        /**
         * @description A kind of key; which there are, and what keys of each may do, is said by the kind of organization.
         * @example STANDARD
         */
        ApiKeyType: string;
        /**
         * @description EXPIRED: its time is over. REVOKED: it was ended, for ever.
         * @enum {string}
         */
        ApiKeyState: "ACTIVE" | "EXPIRED" | "REVOKED";
        /**
         * @description A number of days, as ISO 8601 writes it.
         * @example P90D
         */
        Days: string;
        /**
         * @description AGE: its secret is older than its kind of key wants. LEAVER: its secret was shown to a person who is no active member any more.
         * @enum {string}
         */
        RotationReason: "AGE" | "LEAVER";
        /**
         * @description The id of an API key (TypeID).
         * @example key_01h455vb4pex5vsknk084sn02q
         */
        ApiKeyId: string;
        /**
         * @description The beginning of the secret, by which people know it.
         * @example tnts_3fQ8
         */
        SecretPrefix: string;
        /**
         * @description Whose authority it is.
         * @enum {string}
         */
        KeyOwnerType: "USER" | "SERVICE_ACCOUNT";
        /** @description Whose authority a key has. */
        KeyOwner: {
            type: components["schemas"]["KeyOwnerType"];
            /**
             * @description The id of a user or of a service account.
             * @example svc_01h455vb4pex5vsknk084sn02q
             */
            id: string;
        };
        /**
         * @description A scope of the kind of organization, which says what a key may be used for.
         * @example data-management
         */
        KeyScope: string;
        /** @description What a key may be used for, whatever its owner may do; with none it may do nothing. */
        KeyScopes: components["schemas"]["KeyScope"][];
        /**
         * @description The id of a policy store (TypeID).
         * @example pst_01h455vb4pex5vsknk084sn02q
         */
        PolicyStoreId: string;
        /**
         * @description An IPv4 or IPv6 address, or a network in CIDR notation.
         * @example 203.0.113.0/24
         */
        AllowedAddress: string;
        /** @description From where a key may be used; with none, from anywhere. */
        AllowedAddresses: components["schemas"]["AllowedAddress"][];
        /**
         * Format: int64
         * @description How often it was used; it may be a minute late.
         */
        UsageCount: number;
        /** @description The secret that a rotation took the place of, as long as it still works, and who still uses it. */
        PreviousSecret: {
            prefix: components["schemas"]["SecretPrefix"];
            until: components["schemas"]["Timestamp"];
            usageCount: components["schemas"]["UsageCount"];
            lastUsedAt?: components["schemas"]["Timestamp"];
            /** @description The network address that used it last. */
            lastUsedFrom?: string;
        };
        /** @description A credential of a user or of a service account. It stays itself when its secret is replaced. Its etag does not change because it is used. */
        ApiKey: {
            id: components["schemas"]["ApiKeyId"];
            organizationId: components["schemas"]["OrganizationId"];
            projectId?: components["schemas"]["ProjectId"];
            type: components["schemas"]["ApiKeyType"];
            name: components["schemas"]["Name"];
            prefix: components["schemas"]["SecretPrefix"];
            owner: components["schemas"]["KeyOwner"];
            scopes?: components["schemas"]["KeyScopes"];
            policyStoreId?: components["schemas"]["PolicyStoreId"];
            allowedAddresses?: components["schemas"]["AllowedAddresses"];
            state: components["schemas"]["ApiKeyState"];
            expiresAt?: components["schemas"]["Timestamp"];
            lastUsedAt?: components["schemas"]["Timestamp"];
            usageCount: components["schemas"]["UsageCount"];
            rotatedAt: components["schemas"]["Timestamp"];
            /** @description Why it should have a new secret; absent where nothing asks for that. */
            rotationDue?: components["schemas"]["RotationReason"][];
            previousSecret?: components["schemas"]["PreviousSecret"];
            createdBy: components["schemas"]["ActorName"];
            createdAt: components["schemas"]["Timestamp"];
            updatedAt: components["schemas"]["Timestamp"];
            revokedAt?: components["schemas"]["Timestamp"];
            revokedBy?: components["schemas"]["ActorName"];
            etag: components["schemas"]["Etag"];
        };
        /** @description One page of API keys. */
        ApiKeyList: {
            /** @description The items of this page. */
            items: components["schemas"]["ApiKey"][];
            nextPageToken?: components["schemas"]["PageToken"];
        };
        /** @description What it is called and whose authority it has. */
        CreateApiKey: {
            name: components["schemas"]["Name"];
            type?: components["schemas"]["ApiKeyType"];
            owner?: components["schemas"]["KeyOwner"];
            scopes?: components["schemas"]["KeyScopes"];
            policyStoreId?: components["schemas"]["PolicyStoreId"];
            allowedAddresses?: components["schemas"]["AllowedAddresses"];
            expiresAt?: components["schemas"]["Timestamp"];
        };
        /** @description A key with its new secret. Keep the secret now; it is shown this once, and a replayed answer is without it. */
        CreatedApiKey: {
            id: components["schemas"]["ApiKeyId"];
            organizationId: components["schemas"]["OrganizationId"];
            projectId?: components["schemas"]["ProjectId"];
            type: components["schemas"]["ApiKeyType"];
            name: components["schemas"]["Name"];
            prefix: components["schemas"]["SecretPrefix"];
            owner: components["schemas"]["KeyOwner"];
            scopes?: components["schemas"]["KeyScopes"];
            policyStoreId?: components["schemas"]["PolicyStoreId"];
            allowedAddresses?: components["schemas"]["AllowedAddresses"];
            state: components["schemas"]["ApiKeyState"];
            expiresAt?: components["schemas"]["Timestamp"];
            lastUsedAt?: components["schemas"]["Timestamp"];
            usageCount: components["schemas"]["UsageCount"];
            rotatedAt: components["schemas"]["Timestamp"];
            previousSecret?: components["schemas"]["PreviousSecret"];
            createdBy: components["schemas"]["ActorName"];
            createdAt: components["schemas"]["Timestamp"];
            updatedAt: components["schemas"]["Timestamp"];
            revokedAt?: components["schemas"]["Timestamp"];
            revokedBy?: components["schemas"]["ActorName"];
            etag: components["schemas"]["Etag"];
            /**
             * @description What is sent as Authorization: Bearer, or in a header that this installation takes for keys.
             * @example tnts_EXAMPLE
             */
            secret?: string;
        };
        /** @description What changes; what is absent stays. */
        UpdateApiKey: {
            name?: components["schemas"]["Name"];
            scopes?: components["schemas"]["KeyScopes"];
            allowedAddresses?: components["schemas"]["AllowedAddresses"];
        };
        /** @description For how long the secret before works beside the new one. */
        RotateApiKey: {
            /**
             * Format: int32
             * @description Seconds, a day when absent; 0 for a key that may be in wrong hands.
             */
            overlapSeconds?: number;
        };
        /** @description What was found. */
        LeakedCredential: {
            /** @description The key. */
            credential: string;
        };
        /**
         * @description The id of an export (TypeID).
         * @example exp_01h455vb4pex5vsknk084sn02q
         */
        ExportId: string;
        /**
         * @description What is exported.
         * @enum {string}
         */
        ExportKind: "AUDIT_EVENTS" | "ACCESS_REPORT";
        /**
         * @description NDJSON: as the API shows it, a JSON object in each line. CSV: for spreadsheets.
         * @enum {string}
         */
        ExportFormat: "NDJSON" | "CSV";
        /** @description What is exported, as the parameters of listAuditEvents say it; all of it when nothing is said. The access report takes `projectId` alone. */
        ExportFilters: {
            actor?: components["schemas"]["ActorName"];
            action?: components["schemas"]["ActionName"];
            target?: components["schemas"]["TargetName"];
            projectId?: components["schemas"]["ProjectId"];
            requestId?: components["schemas"]["RequestId"];
            outcome?: components["schemas"]["AuditOutcome"];
            since?: components["schemas"]["Timestamp"];
            before?: components["schemas"]["Timestamp"];
        };
        /**
         * @description FAILED: it was not made; `failure` says why.
         * @enum {string}
         */
        ExportState: "QUEUED" | "RUNNING" | "READY" | "FAILED";
        /** @description Something of an organization as a file. */
        Export: {
            id: components["schemas"]["ExportId"];
            organizationId: components["schemas"]["OrganizationId"];
            kind: components["schemas"]["ExportKind"];
            format: components["schemas"]["ExportFormat"];
            filters: components["schemas"]["ExportFilters"];
            state: components["schemas"]["ExportState"];
            /**
             * Format: int64
             * @description Rows that are written so far.
             */
            rows: number;
            /**
             * Format: int64
             * @description Bytes that are written so far.
             */
            bytes: number;
            /** @description Why it FAILED and what to do. */
            failure?: string;
            createdBy: components["schemas"]["ActorName"];
            createdAt: components["schemas"]["Timestamp"];
            updatedAt: components["schemas"]["Timestamp"];
            expiresAt: components["schemas"]["Timestamp"];
            etag: components["schemas"]["Etag"];
        };
        /** @description One page of exports. */
        ExportList: {
            /** @description The items of this page. */
            items: components["schemas"]["Export"][];
            nextPageToken?: components["schemas"]["PageToken"];
        };
        /** @description What to export. */
        CreateExport: {
            kind: components["schemas"]["ExportKind"];
            format: components["schemas"]["ExportFormat"];
            filters?: components["schemas"]["ExportFilters"];
        };
        /**
         * @description A name for addresses: lower-case letters, digits and inner hyphens.
         * @example acme
         */
        Slug: string;
        /**
         * @description SHARED; PERSONAL: of one person alone, made with their account.
         * @enum {string}
         */
        OrganizationKind: "SHARED" | "PERSONAL";
        /**
         * @description ACTIVE; SUSPENDED: everything but reading is denied; DELETED: gone for everybody.
         * @enum {string}
         */
        OrganizationState: "ACTIVE" | "SUSPENDED" | "DELETED";
        /**
         * Format: text
         * @description What the organization is.
         */
        OrganizationDescription: string;
        /**
         * @description What becomes of a role in a project for a user who is no member. FORBID: it is refused. AUTO_ADD: they become a member with the lowest role. ALLOW: they hold that role in that project alone, and the organization stays invisible to them. The blueprint says which of these an organization may choose.
         * @enum {string}
         */
        Externals: "FORBID" | "AUTO_ADD" | "ALLOW";
        /**
         * @description The language of mails about the organization, as a tag of BCP 47; where no mail is written in it, and without one, that of the installation.
         * @example de
         */
        Language: string;
        /**
         * @description OPERATOR: an operator of the installation suspended it, and can resume it. ARCHIVE: it was archived from inside or by its manifest.
         * @enum {string}
         */
        SuspensionCause: "OPERATOR" | "ARCHIVE";
        /** @description One reason why an organization is suspended. */
        Suspension: {
            cause: components["schemas"]["SuspensionCause"];
            reason?: components["schemas"]["Reason"];
            since: components["schemas"]["Timestamp"];
        };
        /**
         * @description Whether a person who is invited to a project and is no member becomes one by it. True unless it was set to false.
         * @example true
         */
        ProjectInvitesMayAddMembers: boolean;
        /**
         * @description PENDING: the picture is still to be looked at. ACCEPTED: it is as its kind of organization wants it. REJECTED: it is not; the reason says why.
         * @enum {string}
         */
        LogoState: "PENDING" | "ACCEPTED" | "REJECTED";
        /**
         * @description NOT_REACHED: no answer from a public address in time. NOT_FOUND: the answer was not 200. TOO_LARGE: more than 1 MiB. NOT_A_PICTURE: it cannot be decoded. WRONG_FORMAT, WRONG_SIZE: not what this kind of organization takes.
         * @enum {string}
         */
        LogoRefusal: "NOT_REACHED" | "NOT_FOUND" | "TOO_LARGE" | "NOT_A_PICTURE" | "WRONG_FORMAT" | "WRONG_SIZE";
        /**
         * @description What the picture is.
         * @enum {string}
         */
        LogoFormat: "PNG" | "JPG" | "SVG";
        /** @description What became of the check of the picture behind `logoUrl`, where the kind of organization asks something of it. One that was rejected is looked at again when `logoUrl` is sent again. */
        Logo: {
            state: components["schemas"]["LogoState"];
            reason?: components["schemas"]["LogoRefusal"];
            format?: components["schemas"]["LogoFormat"];
            /**
             * Format: int32
             * @description Pixels.
             */
            width?: number;
            /**
             * Format: int32
             * @description Pixels.
             */
            height?: number;
            checkedAt?: components["schemas"]["Timestamp"];
        };
        /** @description Who belongs together, under one blueprint. */
        Organization: {
            id: components["schemas"]["OrganizationId"];
            name: components["schemas"]["Name"];
            slug: components["schemas"]["Slug"];
            legalName?: components["schemas"]["LegalName"];
            description?: components["schemas"]["OrganizationDescription"];
            logoUrl?: components["schemas"]["LogoUrl"];
            alertingEmail?: components["schemas"]["ContactEmail"];
            invoicingEmail?: components["schemas"]["ContactEmail"];
            blueprint: components["schemas"]["BlueprintName"];
            kind: components["schemas"]["OrganizationKind"];
            state: components["schemas"]["OrganizationState"];
            externals: components["schemas"]["Externals"];
            language?: components["schemas"]["Language"];
            ownerId?: components["schemas"]["UserId"];
            /** @description Why it is suspended. What one cause began ends with that cause alone. */
            suspensions?: components["schemas"]["Suspension"][];
            deletedAt?: components["schemas"]["Timestamp"];
            projectInvitesMayAddMembers: components["schemas"]["ProjectInvitesMayAddMembers"];
            logo?: components["schemas"]["Logo"];
            labels: components["schemas"]["Labels"];
            managedBy?: components["schemas"]["ManagedBy"];
            createdAt: components["schemas"]["Timestamp"];
            updatedAt: components["schemas"]["Timestamp"];
            etag: components["schemas"]["Etag"];
        };
        /** @description One page of organizations. */
        OrganizationList: {
            /** @description The items of this page. */
            items: components["schemas"]["Organization"][];
            nextPageToken?: components["schemas"]["PageToken"];
        };
        /** @description A new organization; you become its owner. */
        CreateOrganization: {
            name: components["schemas"]["Name"];
            slug?: components["schemas"]["Slug"];
            legalName?: components["schemas"]["LegalName"];
            description?: components["schemas"]["OrganizationDescription"];
            logoUrl?: components["schemas"]["LogoUrl"];
            alertingEmail?: components["schemas"]["ContactEmail"];
            invoicingEmail?: components["schemas"]["ContactEmail"];
            blueprint?: components["schemas"]["BlueprintName"];
            language?: components["schemas"]["Language"];
            labels?: components["schemas"]["Labels"];
        };
        /** @description What changes; what is absent stays. */
        UpdateOrganization: {
            name?: components["schemas"]["Name"];
            slug?: components["schemas"]["Slug"];
            externals?: components["schemas"]["Externals"];
            /** @description With `externals`: end what people from outside hold when they are not allowed any more, 1000 grants at most. Without it that is 409 grants-remain. */
            revokeExternalGrants?: boolean;
            /**
             * Format: name
             * @description The name in law.
             */
            legalName?: string | null;
            /**
             * Format: text
             * @description What the organization is.
             */
            description?: string | null;
            /** @description Where the picture is that stands for the organization. */
            logoUrl?: string | null;
            /**
             * Format: email
             * @description An address to write to; it makes no member.
             */
            alertingEmail?: string | null;
            /**
             * Format: email
             * @description An address to write to; it makes no member.
             */
            invoicingEmail?: string | null;
            projectInvitesMayAddMembers?: components["schemas"]["ProjectInvitesMayAddMembers"];
            /** @description The language of mails about the organization, as a tag of BCP 47; where no mail is written in it, and without one, that of the installation. */
            language?: string | null;
            labels?: components["schemas"]["LabelsPatch"];
        };
        /** @description What confirms it, where that is wanted; else an empty object. */
        DeleteOrganization: {
            confirmation?: components["schemas"]["Confirmation"];
        };
        /** @description Why; the members of the organization read it. */
        SuspendOrganization: {
            reason: components["schemas"]["Reason"];
        };
        /** @description Why, if that is to be said; the members of the organization read it. */
        ArchiveOrganization: {
            reason?: components["schemas"]["Reason"];
        };
        /** @description The slug that it gets; without one, the slug that it had. */
        RestoreOrganization: {
            slug?: components["schemas"]["Slug"];
        };
        /** @description A name that a kind of organization asks for, such as organizations. */
        EntitlementName: string;
        /** @description What a plan includes. */
        Entitlements: {
            /** @description Their names. */
            entitlements: components["schemas"]["EntitlementName"][];
            /** @description Of an organization: false while no plan limits it. */
            limited?: boolean;
            etag: components["schemas"]["Etag"];
        };
        /** @description What the plan includes from now on. */
        ReplaceEntitlements: {
            /** @description Their names. */
            entitlements: components["schemas"]["EntitlementName"][];
        };
        /**
         * @description ACTIVE or DELETED.
         * @enum {string}
         */
        ProjectState: "ACTIVE" | "DELETED";
        /** @description A part of one organization with grants and resources of its own. */
        Project: {
            id: components["schemas"]["ProjectId"];
            organizationId: components["schemas"]["OrganizationId"];
            name: components["schemas"]["Name"];
            slug: components["schemas"]["Slug"];
            state: components["schemas"]["ProjectState"];
            deletedAt?: components["schemas"]["Timestamp"];
            labels: components["schemas"]["Labels"];
            managedBy?: components["schemas"]["ManagedBy"];
            createdAt: components["schemas"]["Timestamp"];
            updatedAt: components["schemas"]["Timestamp"];
            etag: components["schemas"]["Etag"];
        };
        /** @description One page of projects. */
        ProjectList: {
            /** @description The items of this page. */
            items: components["schemas"]["Project"][];
            nextPageToken?: components["schemas"]["PageToken"];
        };
        /** @description A new project. */
        CreateProject: {
            name: components["schemas"]["Name"];
            slug?: components["schemas"]["Slug"];
            labels?: components["schemas"]["Labels"];
        };
        /** @description What changes; what is absent stays. */
        UpdateProject: {
            name?: components["schemas"]["Name"];
            slug?: components["schemas"]["Slug"];
            labels?: components["schemas"]["LabelsPatch"];
        };
        /** @description The slug that it gets; without one, the slug that it had. */
        RestoreProject: {
            slug?: components["schemas"]["Slug"];
        };
        /**
         * @description ADOPT: the manifest may take it over, and look at it before. OBSERVE: it may only look at it.
         * @enum {string}
         */
        HandOverMode: "ADOPT" | "OBSERVE";
        /** @description Where the manifest is: the uid of the cluster's namespace kube-system, or `directory:` and the path of a directory. The status of the manifest says it. */
        Cluster: string;
        /** @description metadata.namespace of the manifest. */
        ManifestNamespace: string;
        /** @description metadata.name of the manifest. */
        ManifestName: string;
        /** @description Consent to one manifest. */
        HandOver: {
            mode: components["schemas"]["HandOverMode"];
            cluster: components["schemas"]["Cluster"];
            /** @description Organization, or Project for a project. */
            kind: string;
            namespace?: components["schemas"]["ManifestNamespace"];
            name: components["schemas"]["ManifestName"];
            /** @description Who consented. */
            handedOverBy: string;
            createdAt: components["schemas"]["Timestamp"];
            etag: components["schemas"]["Etag"];
        };
        /** @description The Organization manifest that may do so. */
        ReplaceHandOver: {
            mode: components["schemas"]["HandOverMode"];
            cluster: components["schemas"]["Cluster"];
            name: components["schemas"]["ManifestName"];
        };
        /** @description The Project manifest that may do so. */
        ReplaceProjectHandOver: {
            mode: components["schemas"]["HandOverMode"];
            cluster: components["schemas"]["Cluster"];
            namespace: components["schemas"]["ManifestNamespace"];
            name: components["schemas"]["ManifestName"];
        };
        /**
         * @description OFFERED until it is answered, taken back, or over.
         * @enum {string}
         */
        OwnershipTransferState: "OFFERED" | "ACCEPTED" | "DECLINED" | "CANCELLED" | "EXPIRED";
        /**
         * @description The id of an ownership transfer (TypeID).
         * @example otr_01h455vb4pex5vsknk084sn02q
         */
        TransferId: string;
        /** @description The owner offers the organization to another member. */
        OwnershipTransfer: {
            id: components["schemas"]["TransferId"];
            organizationId: components["schemas"]["OrganizationId"];
            offeredBy: components["schemas"]["UserId"];
            recipientId: components["schemas"]["UserId"];
            state: components["schemas"]["OwnershipTransferState"];
            expiresAt: components["schemas"]["Timestamp"];
            createdAt: components["schemas"]["Timestamp"];
            updatedAt: components["schemas"]["Timestamp"];
            etag: components["schemas"]["Etag"];
        };
        /** @description One page of ownership transfers. */
        OwnershipTransferList: {
            /** @description The items of this page. */
            items: components["schemas"]["OwnershipTransfer"][];
            nextPageToken?: components["schemas"]["PageToken"];
        };
        /** @description To whom the organization is offered. */
        CreateOwnershipTransfer: {
            recipientId: components["schemas"]["UserId"];
        };
        /** @description A person, known by the issuer and subject of an identity provider. */
        User: {
            id: components["schemas"]["UserId"];
            /**
             * Format: email
             * @description The address that the identity provider vouched for last (email_verified: true in the newest token); null when it vouches for none.
             * @example ada@example.com
             */
            email: string | null;
            /**
             * Format: name
             * @description A name for people. It starts with a visible character, which no combining mark is, and holds no control characters, no invisible ones and none that change the direction of writing. The joiners U+200C and U+200D stand alone between two characters of a word.
             */
            displayName: string | null;
            /** @description The issuer of their tokens. */
            issuer: string;
            createdAt: components["schemas"]["Timestamp"];
            updatedAt: components["schemas"]["Timestamp"];
            etag: components["schemas"]["Etag"];
        };
        /** @description What you change about yourself. With displayName null, the name that your identity provider says shows again. */
        UpdateMe: {
            /**
             * Format: name
             * @description A name for people. It starts with a visible character, which no combining mark is, and holds no control characters, no invisible ones and none that change the direction of writing. The joiners U+200C and U+200D stand alone between two characters of a word.
             */
            displayName?: string | null;
        };
        /** @description How many there are of what you may list there; what you may not list is left out. */
        OrganizationCounts: {
            /**
             * Format: int32
             * @description Members.
             */
            members?: number;
            /**
             * Format: int32
             * @description Projects.
             */
            projects?: number;
            /**
             * Format: int32
             * @description Invitations that are not answered yet.
             */
            pendingInvitations?: number;
        };
        /** @description An organization as its member sees it. */
        MyOrganization: {
            id: components["schemas"]["OrganizationId"];
            name: components["schemas"]["Name"];
            slug: components["schemas"]["Slug"];
            logoUrl?: components["schemas"]["LogoUrl"];
            blueprint: components["schemas"]["BlueprintName"];
            kind: components["schemas"]["OrganizationKind"];
            state: components["schemas"]["OrganizationState"];
            /** @description Why it is suspended. */
            suspensions?: components["schemas"]["Suspension"][];
            /** @description Your roles in it. */
            roles: components["schemas"]["RoleId"][];
            memberState: components["schemas"]["MemberState"];
            capabilities: components["schemas"]["CapabilityMap"];
            counts: components["schemas"]["OrganizationCounts"];
            labels: components["schemas"]["Labels"];
            joinedAt: components["schemas"]["Timestamp"];
            createdAt: components["schemas"]["Timestamp"];
            updatedAt: components["schemas"]["Timestamp"];
        };
        /** @description One page of organizations that you belong to. */
        MyOrganizationList: {
            /** @description The items of this page. */
            items: components["schemas"]["MyOrganization"][];
            nextPageToken?: components["schemas"]["PageToken"];
        };
        /**
         * @description SUSPENDED: everything is refused to the person.
         * @enum {string}
         */
        UserState: "ACTIVE" | "SUSPENDED";
        /** @description Why a person is suspended, since when, and who suspended them. */
        UserSuspension: {
            reason: components["schemas"]["Reason"];
            since: components["schemas"]["Timestamp"];
            by: components["schemas"]["ActorName"];
        };
        /**
         * @description A role of the platform, which reaches into no organization.
         * @example platform/operator
         */
        PlatformRole: string;
        /** @description A person as the operators of the installation see them. */
        UserAccount: {
            id: components["schemas"]["UserId"];
            /** @description The issuer of their tokens. */
            issuer: string;
            /** @description Who they are for this issuer. */
            subject: string;
            /**
             * Format: email
             * @description The address that the identity provider vouched for last; null when it vouches for none.
             * @example ada@example.com
             */
            email: string | null;
            /**
             * Format: name
             * @description A name for people. It starts with a visible character, which no combining mark is, and holds no control characters, no invisible ones and none that change the direction of writing. The joiners U+200C and U+200D stand alone between two characters of a word.
             */
            displayName: string | null;
            state: components["schemas"]["UserState"];
            suspension?: components["schemas"]["UserSuspension"];
            /** @description The roles of the platform that they hold. */
            platformRoles: components["schemas"]["PlatformRole"][];
            /**
             * Format: date-time
             * @description Tokens that were issued before this are refused, because they were signed out.
             * @example 2026-11-21T09:30:01.000Z
             */
            tokensFrom?: string;
            createdAt: components["schemas"]["Timestamp"];
            updatedAt: components["schemas"]["Timestamp"];
            etag: components["schemas"]["Etag"];
        };
        /** @description One page of users. */
        UserAccountList: {
            /** @description The items of this page. */
            items: components["schemas"]["UserAccount"][];
            nextPageToken?: components["schemas"]["PageToken"];
        };
        /** @description Why they are suspended. Other operators and the audit log of the platform say it; the person is not told. */
        SuspendUser: {
            reason: components["schemas"]["Reason"];
        };
        /** @description Who gets which roles of the platform. */
        AddOperator: {
            userId: components["schemas"]["UserId"];
            /** @description The roles. */
            roles: components["schemas"]["PlatformRole"][];
        };
        /** @description Which roles of the platform are taken; without roles, all of them. */
        RemoveOperator: {
            /** @description The roles. */
            roles?: components["schemas"]["PlatformRole"][];
        };
        /** @description What you may do here, so that a client shows only what works. */
        Capabilities: {
            organizationId: components["schemas"]["OrganizationId"];
            projectId?: components["schemas"]["ProjectId"];
            capabilities: components["schemas"]["CapabilityMap"];
        };
        /** @description A blueprint in a list. */
        BlueprintSummary: {
            name: components["schemas"]["BlueprintName"];
            /** @description Its name for people. */
            title: string;
            /** @description What kind of organization it is for. */
            description: string;
            revision: components["schemas"]["RevisionNumber"];
            /** @description True where no new organizations of this kind are founded; those that live go on. */
            retired?: boolean;
        };
        /** @description One page of blueprints. */
        BlueprintSummaryList: {
            /** @description The items of this page. */
            items: components["schemas"]["BlueprintSummary"][];
            nextPageToken?: components["schemas"]["PageToken"];
        };
        /** @description A role that the blueprint brings. */
        BlueprintRole: {
            id: components["schemas"]["RoleId"];
            /** @description Its name for people. */
            title: string;
            /** @description What it is for. */
            description?: string;
            level: components["schemas"]["RoleLevel"];
            /**
             * Format: int32
             * @description A number to show and to sort by.
             */
            rank?: number;
            /** @description Roles in the organization of which its holder needs one. */
            requires?: components["schemas"]["RoleId"][];
        };
        /**
         * @description A resource type of the permission vocabulary or of the blueprint.
         * @example connection
         */
        ResourceType: string;
        /**
         * @description ALL_PROJECTS: everywhere in the organization. LISTED_PROJECTS: in listed projects, or in all others.
         * @enum {string}
         */
        RestrictionReach: "ALL_PROJECTS" | "LISTED_PROJECTS";
        /** @description A kind of thing that organizations of this blueprint hold. */
        BlueprintResourceType: {
            name: components["schemas"]["ResourceType"];
            /** @description Its name for people. */
            title: string;
            /** @description What can be done with it. */
            actions: components["schemas"]["Action"][];
            /** @description Where it lives. */
            levels: components["schemas"]["RoleLevel"][];
            /** @description Where an organization may switch it off, or one resource of it, by createRestriction. Absent where it may not. */
            restrictable?: components["schemas"]["RestrictionReach"][];
        };
        /** @description The rules that a blueprint chooses, such as whether a member may hold several roles. */
        BlueprintSwitches: {
            [key: string]: unknown;
        };
        /** @description One line of the matrix. */
        RolePermission: {
            role: components["schemas"]["RoleId"];
            /** @description A resource type, or `*` for each. */
            resource: string;
            /** @description An action, or `*` for each. */
            action: string;
            /** @description Where it holds. */
            domain: string;
            effect: components["schemas"]["Effect"];
        };
        /** @description The shape of a kind of organization, as data. */
        Blueprint: {
            name: components["schemas"]["BlueprintName"];
            /** @description Its name for people. */
            title: string;
            /** @description What kind of organization it is for. */
            description: string;
            revision: components["schemas"]["RevisionNumber"];
            /** @description True where no new organizations of this kind are founded; those that live go on. */
            retired?: boolean;
            topRole?: components["schemas"]["RoleId"];
            lowestRole?: components["schemas"]["RoleId"];
            /** @description Its roles. */
            roles: components["schemas"]["BlueprintRole"][];
            /** @description Its resource types. */
            resourceTypes: components["schemas"]["BlueprintResourceType"][];
            switches: components["schemas"]["BlueprintSwitches"];
            /** @description The matrix, as the policy says it. */
            permissions: components["schemas"]["RolePermission"][];
        };
        /** @description A revision that was in force when a bundle was made. */
        BundleRevision: {
            scope: components["schemas"]["PolicyScope"];
            revision: components["schemas"]["RevisionNumber"];
        };
        /** @description The policy of one organization for stock Casbin, with who holds what in it. */
        PolicyBundle: {
            organizationId: components["schemas"]["OrganizationId"];
            /**
             * Format: date-time
             * @description The moment that it is about.
             */
            takenAt: string;
            /**
             * Format: date-time
             * @description When time alone changes an answer; absent where it does not.
             */
            until?: string;
            /** @description What is in force. */
            revisions: components["schemas"]["BundleRevision"][];
            /**
             * Format: int32
             * @description People and service accounts in it.
             */
            subjects: number;
            /**
             * Format: int32
             * @description Active projects in it.
             */
            projects: number;
            /**
             * Format: int32
             * @description Rows of policy.csv.
             */
            rows: number;
            /** @description What Tenet decides by and a bundle does not hold. */
            leftOut: string[];
            /** @description The text of model.conf. */
            model: string;
            /** @description The text of policy.csv. */
            policy: string;
        };
        /**
         * @description The id of a rollout (TypeID).
         * @example roll_01h455vb4pex5vsknk084sn02q
         */
        PolicyRolloutId: string;
        /**
         * @description SHADOW: the candidate decides nothing and is compared with the revision in force. CANARY: it decides in some organizations. DONE: it is in force. CANCELLED: by a person. ROLLED_BACK: by Tenet, because it differed in CANARY where the plan does not say so.
         * @enum {string}
         */
        PolicyRolloutStage: "SHADOW" | "CANARY" | "DONE" | "CANCELLED" | "ROLLED_BACK";
        /** @description The open rollout of the scope. Absent when there is none. */
        PolicyHeadRollout: {
            id: components["schemas"]["PolicyRolloutId"];
            revision: components["schemas"]["RevisionNumber"];
            stage: components["schemas"]["PolicyRolloutStage"];
        };
        /**
         * @description What decides in the place of a refused revision. LAST_GOOD: the last revision that held. NOTHING: there is none in memory, and what the scope is about is answered with 503.
         * @enum {string}
         */
        DecidedBy: "LAST_GOOD" | "NOTHING";
        /** @description The revision does not hold on the replica that answers, so it does not decide. Absent when it does. */
        PolicyRefusal: {
            decidedBy: components["schemas"]["DecidedBy"];
            /** @description What is wrong with it, one line for each finding, with file and line. */
            detail: string;
        };
        /** @description Which revision of a scope is in force. */
        PolicyHead: {
            scope: components["schemas"]["PolicyScope"];
            revision: components["schemas"]["RevisionNumber"];
            /** @description Who put it in force. */
            activatedBy: string;
            activatedAt: components["schemas"]["Timestamp"];
            reason?: components["schemas"]["Reason"];
            rollout?: components["schemas"]["PolicyHeadRollout"];
            refusal?: components["schemas"]["PolicyRefusal"];
            etag: components["schemas"]["Etag"];
        };
        /** @description One page of what is in force, by scope. */
        PolicyHeadList: {
            /** @description The items of this page. */
            items: components["schemas"]["PolicyHead"][];
            nextPageToken?: components["schemas"]["PageToken"];
        };
        /**
         * @description The Git commit that holds the reviewed text.
         * @example 675c1207a1b2
         */
        GitCommit: string;
        /** @description A revision in a list, without its rules. */
        PolicyRevisionSummary: {
            scope: components["schemas"]["PolicyScope"];
            revision: components["schemas"]["RevisionNumber"];
            sha256: components["schemas"]["Sha256"];
            /** @description Who made it: the id of a user, or the name that the command line gave. */
            author: string;
            reason: components["schemas"]["Reason"];
            gitCommit?: components["schemas"]["GitCommit"];
            createdAt: components["schemas"]["Timestamp"];
        };
        /** @description One page of revisions, newest first. */
        PolicyRevisionSummaryList: {
            /** @description The items of this page. */
            items: components["schemas"]["PolicyRevisionSummary"][];
            nextPageToken?: components["schemas"]["PageToken"];
        };
        /**
         * @description A detached JWS (RFC 7515 appendix F) by Ed25519 over the canonical JSON of `scope` and `sha256`, with `typ` tenet-policy+jws, as `tenet policy sign` writes it.
         * @example eyJhbGciOiJFZERTQSIsInR5cCI6InRlbmV0LXBvbGljeStqd3MiLCJraWQiOiJjaS0xIn0..hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg
         */
        DetachedSignature: string;
        /** @description A new version of the whole scope. It is linted and tested before it is stored, and nothing changes until the head is moved to it. */
        CreatePolicyRevision: {
            model: components["schemas"]["PolicyModel"];
            /** @description The rules, in order. */
            rows: components["schemas"]["PolicyRow"][];
            /** @description Where each rule is written, in the same order. */
            sources?: components["schemas"]["PolicyRowSource"][];
            vocabulary?: components["schemas"]["PolicyDocument"];
            blueprint?: components["schemas"]["PolicyDocument"];
            tests?: components["schemas"]["PolicyDocument"];
            reason: components["schemas"]["Reason"];
            gitCommit?: components["schemas"]["GitCommit"];
            signature?: components["schemas"]["DetachedSignature"];
        };
        /** @description A signature of a content by one key. */
        PolicySignature: {
            /**
             * @description The `kid` of the key.
             * @example ci-1
             */
            keyId: string;
            signature: components["schemas"]["DetachedSignature"];
        };
        /** @description An immutable version of the rules of one scope. */
        PolicyRevision: {
            scope: components["schemas"]["PolicyScope"];
            revision: components["schemas"]["RevisionNumber"];
            sha256: components["schemas"]["Sha256"];
            /** @description Who made it: the id of a user, or the name that the command line gave. */
            author: string;
            reason: components["schemas"]["Reason"];
            gitCommit?: components["schemas"]["GitCommit"];
            createdAt: components["schemas"]["Timestamp"];
            model: components["schemas"]["PolicyModel"];
            /** @description The rules, in order. */
            rows: components["schemas"]["PolicyRow"][];
            /** @description Where each rule is written, in the same order. */
            sources?: components["schemas"]["PolicyRowSource"][];
            vocabulary?: components["schemas"]["PolicyDocument"];
            blueprint?: components["schemas"]["PolicyDocument"];
            tests?: components["schemas"]["PolicyDocument"];
            /** @description Who has signed this content, by key. Absent where no key has. */
            signatures?: components["schemas"]["PolicySignature"][];
        };
        /**
         * @description An ERROR keeps rules from coming into force; a WARNING asks the reviewer to look.
         * @enum {string}
         */
        PolicyFindingLevel: "ERROR" | "WARNING";
        /** @description One thing that is wrong. */
        PolicyFinding: {
            /**
             * @description The rule, as docs/policy-rules.md has it.
             * @example unknown-role
             */
            rule: string;
            level: components["schemas"]["PolicyFindingLevel"];
            /** @description What is wrong. */
            message: string;
            /** @description The file of the rule. */
            file?: string;
            /**
             * Format: int32
             * @description The line of the rule, from 1.
             */
            line?: number;
            /**
             * @description Where in the body, as a JSON Pointer fragment (RFC 6901).
             * @example #/blueprint/roles/0/id
             */
            pointer?: string;
        };
        /** @description What lint has found. */
        PolicyLint: {
            /**
             * Format: int32
             * @description How many errors there are.
             */
            errors: number;
            /**
             * Format: int32
             * @description How many warnings there are.
             */
            warnings: number;
            /** @description The findings, at most 200 of them. */
            findings: components["schemas"]["PolicyFinding"][];
        };
        /** @description A statement that does not hold. */
        PolicyTestFailure: {
            /** @description What it says. */
            name: string;
            /** @description What was expected, and which rule decided. */
            message: string;
            /** @description The file of the tests. */
            file?: string;
            /**
             * @description Where in the body, as a JSON Pointer fragment (RFC 6901).
             * @example #/tests/cases/3
             */
            pointer?: string;
        };
        /** @description How the tests of a scope came out. */
        PolicyTestReport: {
            /**
             * Format: int32
             * @description How many statements hold.
             */
            passed: number;
            /**
             * Format: int32
             * @description How many do not.
             */
            failed: number;
            /** @description Those that do not, at most 200 of them. */
            failures: components["schemas"]["PolicyTestFailure"][];
        };
        /** @description Which revisions to compare. */
        DiffPolicy: {
            from?: components["schemas"]["RevisionNumber"];
            to: components["schemas"]["RevisionNumber"];
        };
        /**
         * @description Whether it gives the same, more, less, or more in one thing and less in another.
         * @enum {string}
         */
        PolicyRelation: "EQUIVALENT" | "MORE" | "LESS" | "INCOMPARABLE";
        /**
         * @description Where a permission is asked.
         * @enum {string}
         */
        PolicyLevel: "PLATFORM" | "ORG" | "PROJECT";
        /**
         * @description What a role says to a permission.
         * @enum {string}
         */
        PolicyAnswer: "ALLOW" | "DENY" | "NOTHING";
        /** @description What a role says to a permission, held alone: NOTHING denies it alone and lets other roles allow it. */
        PolicySay: {
            says: components["schemas"]["PolicyAnswer"];
            row?: components["schemas"]["PolicyRow"];
            source?: components["schemas"]["PolicyRowSource"];
        };
        /** @description A permission that a role answers otherwise. */
        PolicySayChange: {
            /**
             * @description Resource type and action.
             * @example member:remove
             */
            permission: string;
            level: components["schemas"]["PolicyLevel"];
            kind: components["schemas"]["PolicyChangeKind"];
            before: components["schemas"]["PolicySay"];
            after: components["schemas"]["PolicySay"];
        };
        /** @description A role, state or scope of keys that means something else. */
        PolicyRoleDiff: {
            /**
             * @description Its name in rules.
             * @example integrations/org.admin
             */
            role: string;
            relation: components["schemas"]["PolicyRelation"];
            /** @description What it answers otherwise. */
            changes: components["schemas"]["PolicySayChange"][];
        };
        /** @description What changes in one scope. */
        PolicyScopeDiff: {
            scope: components["schemas"]["PolicyScope"];
            relation: components["schemas"]["PolicyRelation"];
            /** @description Those that mean something else. */
            roles: components["schemas"]["PolicyRoleDiff"][];
            /** @description The parts of the blueprint or the vocabulary that say something else. */
            definition: string[];
        };
        /** @description How two revisions differ in what they mean. */
        PolicyDiff: {
            from: components["schemas"]["RevisionNumber"];
            to: components["schemas"]["RevisionNumber"];
            /**
             * Format: int32
             * @description How many changes there are; the answer shows 1,000 at most.
             */
            total: number;
            /** @description The scope itself, and each other one that it changes something in. */
            scopes: components["schemas"]["PolicyScopeDiff"][];
        };
        /** @description The revision that shall be in force, an older one included. */
        ReplacePolicyHead: {
            revision: components["schemas"]["RevisionNumber"];
            reason?: components["schemas"]["Reason"];
            roleMapping?: components["schemas"]["RoleMapping"];
        };
        /** @description Why to go back, and how far. */
        RollbackPolicy: {
            revision?: components["schemas"]["RevisionNumber"];
            reason: components["schemas"]["Reason"];
            roleMapping?: components["schemas"]["RoleMapping"];
        };
        /**
         * @description How a revision came into force. FIRST_START: the policy files, when the installation began. APPLY: `tenet policy apply`. PROPOSAL: proposed, and put into force by its number. PLAN: by applyAccessPlan. ROLLBACK: back to what was in force before. ROLES: an organization defined its roles. ROLLOUT: in stages.
         * @enum {string}
         */
        ActivationWay: "FIRST_START" | "APPLY" | "PROPOSAL" | "PLAN" | "ROLLBACK" | "ROLES" | "ROLLOUT";
        /**
         * @description What a rollout came to. SHADOW, CANARY, CANCELLED and ROLLED_BACK leave the revision in force as it is; ALL puts the candidate into force.
         * @enum {string}
         */
        ActivationStage: "SHADOW" | "CANARY" | "ALL" | "CANCELLED" | "ROLLED_BACK";
        /** @description The rollout whose stage this is, and its candidate. */
        ActivationRollout: {
            id: components["schemas"]["PolicyRolloutId"];
            stage: components["schemas"]["ActivationStage"];
            revision: components["schemas"]["RevisionNumber"];
        };
        /** @description A revision that was put into force, or a stage of a rollout beside the revision that is in force. */
        PolicyActivation: {
            scope: components["schemas"]["PolicyScope"];
            revision: components["schemas"]["RevisionNumber"];
            previousRevision?: components["schemas"]["RevisionNumber"];
            sha256: components["schemas"]["Sha256"];
            gitCommit?: components["schemas"]["GitCommit"];
            how: components["schemas"]["ActivationWay"];
            rollout?: components["schemas"]["ActivationRollout"];
            /** @description Who put it in force: the id of a user, or the name that the command line gave. */
            activatedBy: string;
            activatedAt: components["schemas"]["Timestamp"];
            reason?: components["schemas"]["Reason"];
            etag: components["schemas"]["Etag"];
        };
        /** @description One page of the history of a scope, newest first. */
        PolicyActivationList: {
            /** @description The items of this page. */
            items: components["schemas"]["PolicyActivation"][];
            nextPageToken?: components["schemas"]["PageToken"];
        };
        /**
         * @description The id of a server (TypeID), new with each start.
         * @example rpl_01h455vb4pex5vsknk084sn02q
         */
        ReplicaId: string;
        /** @description A server, and the revision that decides there. */
        PolicyReplica: {
            id: components["schemas"]["ReplicaId"];
            /**
             * @description The name of its machine, such as that of a pod.
             * @example tenet-6d4cf56db6-x8zqp
             */
            name: string;
            startedAt: components["schemas"]["Timestamp"];
            seenAt: components["schemas"]["Timestamp"];
            revision?: components["schemas"]["RevisionNumber"];
            /**
             * Format: int32
             * @description Of the open rollout, the revision that it is ready to decide by. Without it the revision does not hold there, and it decides nothing.
             */
            candidateRevision?: number;
            /** @description Whether it decides by the revision in force, and by the candidate where the open rollout says so. Without `revision` it has not decided yet, or cannot: `GET /v1/policies` says why. */
            isCurrent: boolean;
        };
        /** @description One page of the servers that run now. */
        PolicyReplicaList: {
            /** @description The items of this page. */
            items: components["schemas"]["PolicyReplica"][];
            nextPageToken?: components["schemas"]["PageToken"];
        };
        /**
         * @description The id of a user, of a service account or of an API key.
         * @example user_01h455vb4pex5vsknk084sn02q
         */
        AskedSubject: string;
        /**
         * @description One resource of the type, where the organization may have switched that one off. An id of Tenet's (`res_...`) must be one of a resource of the type in the place that is asked about.
         * @example gpt-x
         */
        AskedResourceId: string;
        /** @description The question. Without a subject you ask about yourself. */
        ExplainDecision: {
            subject?: components["schemas"]["AskedSubject"];
            resource: components["schemas"]["ResourceType"];
            action: components["schemas"]["Action"];
            resourceId?: components["schemas"]["AskedResourceId"];
            projectId?: components["schemas"]["ProjectId"];
        };
        /**
         * @description OWNER: what its owner may do. SCOPES: what its scopes cover.
         * @enum {string}
         */
        QuestionAbout: "OWNER" | "SCOPES";
        /** @description One of the two questions about a key with scopes. */
        KeyQuestion: {
            about: components["schemas"]["QuestionAbout"];
            /** @description Whether it is allowed. */
            decision: boolean;
            reason: components["schemas"]["DecisionReason"];
            rule?: components["schemas"]["DecidingRule"];
        };
        /**
         * @description How a role came to the subject: a grant to it, a grant to a role that it holds, membership, ownership, the platform, a state such as suspended, or a support access.
         * @enum {string}
         */
        RoleSource: "GRANT" | "ROLE_GRANT" | "MEMBERSHIP" | "OWNERSHIP" | "PLATFORM" | "STATE" | "SUPPORT";
        /** @description A role that counted, and where it came from. */
        HeldRole: {
            /** @description The role as the policy names it. */
            role: string;
            source?: components["schemas"]["RoleSource"];
            grantId?: components["schemas"]["GrantId"];
            /** @description The role whose grant brought it. */
            via?: string;
        };
        /**
         * @description Of a question that is in the decision log: the consistency that it was asked with.
         * @enum {string}
         */
        DecisionConsistency: "FULLY_CONSISTENT" | "MINIMIZE_LATENCY";
        /** @description A decision and everything that led to it. */
        Explanation: {
            decisionId: components["schemas"]["DecisionId"];
            /** @description Whether it is allowed. */
            decision: boolean;
            reason: components["schemas"]["DecisionReason"];
            subject: components["schemas"]["ActorName"];
            organizationId: components["schemas"]["OrganizationId"];
            projectId?: components["schemas"]["ProjectId"];
            resource: components["schemas"]["ResourceType"];
            action: components["schemas"]["Action"];
            resourceId?: components["schemas"]["AskedResourceId"];
            rule?: components["schemas"]["DecidingRule"];
            state?: components["schemas"]["DenyingState"];
            owner?: components["schemas"]["ActorName"];
            /** @description The scopes of an API key that has any. */
            scopes?: string[];
            /** @description The two questions about such a key, which both must allow. */
            questions?: components["schemas"]["KeyQuestion"][];
            /** @description The roles that the subject held. */
            roles: components["schemas"]["HeldRole"][];
            /** @description The policy in force. */
            revisions: components["schemas"]["RevisionReference"][];
            /** @description For a denial: roles that would allow it, the smallest first. */
            nearestRoles?: string[];
            requestId?: components["schemas"]["RequestId"];
            consistency?: components["schemas"]["DecisionConsistency"];
            createdAt: components["schemas"]["Timestamp"];
        };
        /**
         * @description What is asked about.
         * @enum {string}
         */
        AskedSubjectType: "USER" | "SERVICE_ACCOUNT" | "API_KEY";
        /** @description What shall be allowed, and where. */
        WhoCan: {
            resource: components["schemas"]["ResourceType"];
            action: components["schemas"]["Action"];
            resourceId?: components["schemas"]["AskedResourceId"];
            projectId?: components["schemas"]["ProjectId"];
            subjectType?: components["schemas"]["AskedSubjectType"];
            /**
             * Format: int32
             * @description How many items at most; 50 where it is absent.
             */
            pageSize?: number;
            pageToken?: components["schemas"]["PageToken"];
        };
        /** @description A subject that may do it. */
        AbleSubject: {
            subject: components["schemas"]["AskedSubject"];
            rule?: components["schemas"]["DecidingRule"];
        };
        /** @description One page of subjects, by id. */
        AbleSubjectList: {
            /** @description The items of this page. */
            items: components["schemas"]["AbleSubject"][];
            /**
             * Format: int32
             * @description How many others of this page may do it, whom you may not list.
             */
            withheld: number;
            nextPageToken?: components["schemas"]["PageToken"];
        };
        /** @description Who is asked about, where, and of which type of resource, or of which one; without these of all. Without a subject you ask about yourself. */
        WhatCan: {
            subject?: components["schemas"]["AskedSubject"];
            resource?: components["schemas"]["ResourceType"];
            resourceId?: components["schemas"]["AskedResourceId"];
            projectId?: components["schemas"]["ProjectId"];
        };
        /** @description What a subject may do. */
        SubjectCapabilities: {
            subject: components["schemas"]["AskedSubject"];
            organizationId: components["schemas"]["OrganizationId"];
            projectId?: components["schemas"]["ProjectId"];
            capabilities: components["schemas"]["CapabilityMap"];
        };
        /**
         * Format: date-time
         * @description The first decisions; 7 days before `until` when it is not given.
         * @example 2026-11-20T00:00:00Z
         */
        ReplaySince: string;
        /**
         * Format: date-time
         * @description The decisions before this; now when it is not given.
         * @example 2026-11-27T00:00:00Z
         */
        ReplayUntil: string;
        /** @description What the scope shall say, a revision that is stored or a content, and which decisions are taken again. */
        ReplayDecisions: {
            revision?: components["schemas"]["RevisionNumber"];
            content?: components["schemas"]["PolicyProposal"];
            since?: components["schemas"]["ReplaySince"];
            until?: components["schemas"]["ReplayUntil"];
            /**
             * Format: int32
             * @description How many cases are taken again at most, those that were used last. A case is what many decisions have in common.
             * @default 5000
             */
            limit?: number;
        };
        /**
         * Format: int64
         * @description How many there are.
         */
        ReplayCount: number;
        /** @description A time. */
        ReplaySpan: {
            since: components["schemas"]["Timestamp"];
            until: components["schemas"]["Timestamp"];
        };
        /**
         * @description Why decisions are missing. FULL: too many waited. FAILED: nothing could be made of them. KILLED: a process ended before it had written them.
         * @enum {string}
         */
        ReplayGapReason: "FULL" | "FAILED" | "KILLED";
        /** @description A time of which decisions are missing. */
        ReplayGap: {
            since: components["schemas"]["Timestamp"];
            until: components["schemas"]["Timestamp"];
            reason: components["schemas"]["ReplayGapReason"];
            lost: components["schemas"]["ReplayCount"];
        };
        /** @description What the log has of the time. */
        ReplayCoverage: {
            /**
             * Format: double
             * @description The least share of decisions that a process kept; absent where none is known.
             */
            share?: number;
            writers: components["schemas"]["ReplayCount"];
            /** @description Times in which no process kept decisions. */
            unlogged: components["schemas"]["ReplaySpan"][];
            /** @description What was lost, the oldest first; 100 at most. */
            gaps: components["schemas"]["ReplayGap"][];
        };
        /** @description Cases and the decisions of them. */
        ReplayCounts: {
            cases: components["schemas"]["ReplayCount"];
            decisions: components["schemas"]["ReplayCount"];
        };
        /** @description What the limit left out. */
        ReplayLeftOut: components["schemas"]["ReplayCounts"];
        /** @description Decisions about what the vocabulary did not know: what was asked is not kept, so they are not taken again. */
        ReplayNotKept: components["schemas"]["ReplayCounts"];
        /**
         * @description CASE: the case is not what its id says. REVISION: a revision is not stored as the case names it. DECISION: the revisions of the record decide otherwise. ENGINE: stock Casbin and Tenet differ about what is asked.
         * @enum {string}
         */
        ReplayFaultKind: "CASE" | "REVISION" | "DECISION" | "ENGINE";
        /** @description What is wrong with a case. */
        ReplayFault: {
            /**
             * Format: uuid
             * @description The id of the case.
             */
            caseId: string;
            fault: components["schemas"]["ReplayFaultKind"];
            /** @description What differs. */
            detail: string;
        };
        /** @description What stock Casbin says: how many cases it decided again by their own revisions, with the answer of the log, and what is wrong with the others. */
        ReplayWitness: {
            confirmed: components["schemas"]["ReplayCount"];
            faults: components["schemas"]["ReplayCount"];
            /** @description Some of the faults, 20 at most. A fault is one of the log or of Tenet: report it. */
            examples: components["schemas"]["ReplayFault"][];
        };
        /** @description Decisions that come out the other way. */
        ReplayTotals: {
            losses: components["schemas"]["ReplayCount"];
            gains: components["schemas"]["ReplayCount"];
            rolesRemoved: components["schemas"]["ReplayCount"];
            permissionsRemoved: components["schemas"]["ReplayCount"];
            alreadyInForce: components["schemas"]["ReplayCount"];
            groups: components["schemas"]["ReplayCount"];
        };
        /**
         * @description LOSS: was allowed and is denied. GAIN: was denied and is allowed. ROLE_REMOVED: a role of the subject is gone, so it depends on what takes its place. PERMISSION_REMOVED: nothing of this name can be asked any more.
         * @enum {string}
         */
        ReplayFlipKind: "LOSS" | "GAIN" | "ROLE_REMOVED" | "PERMISSION_REMOVED";
        /** @description How a decision comes out; `rule` is the line that decides, where one does. */
        ReplaySide: {
            /** @description Whether it is allowed. */
            decision: boolean;
            reason: components["schemas"]["DecisionReason"];
            rule?: components["schemas"]["DecidingRule"];
        };
        /** @description A subject in an organization, or on the platform. */
        ReplayUser: {
            subject: components["schemas"]["ActorName"];
            organizationId?: components["schemas"]["OrganizationId"];
            decisions: components["schemas"]["ReplayCount"];
            lastUsedAt: components["schemas"]["Timestamp"];
        };
        /** @description Decisions with the same roles about the same permission that come out the other way. */
        ReplayFlip: {
            kind: components["schemas"]["ReplayFlipKind"];
            /**
             * @description Resource and action.
             * @example connection:delete
             */
            permission: string;
            level: components["schemas"]["PolicyLevel"];
            /**
             * @description The scope of the kind of organization; absent on the platform.
             * @example blueprint.integrations
             */
            blueprint?: string;
            /** @description The roles and states of the subjects. */
            roles: string[];
            /** @description Of a key with scopes these. */
            scopes?: string[];
            /** @description Which of them are not there any more. */
            removedRoles: string[];
            /** @description Whether what is in force now decides so already. */
            alreadyInForce: boolean;
            before: components["schemas"]["ReplaySide"];
            after: components["schemas"]["ReplaySide"];
            cases: components["schemas"]["ReplayCount"];
            decisions: components["schemas"]["ReplayCount"];
            lastUsedAt: components["schemas"]["Timestamp"];
            subjects: components["schemas"]["ReplayCount"];
            organizations: components["schemas"]["ReplayCount"];
            /** @description Whom it concerns: who used it last, 20 at most. */
            users: components["schemas"]["ReplayUser"][];
        };
        /** @description How recorded decisions come out under another policy. */
        DecisionReplay: {
            scope: components["schemas"]["PolicyScope"];
            revision?: components["schemas"]["RevisionNumber"];
            sha256: components["schemas"]["Sha256"];
            since: components["schemas"]["ReplaySince"];
            until: components["schemas"]["ReplayUntil"];
            cases: components["schemas"]["ReplayCount"];
            decisions: components["schemas"]["ReplayCount"];
            /** @description The other scopes, with the revision by which each decides here: the one in force. */
            beside: components["schemas"]["BundleRevision"][];
            coverage: components["schemas"]["ReplayCoverage"];
            leftOut: components["schemas"]["ReplayLeftOut"];
            notKept: components["schemas"]["ReplayNotKept"];
            witness: components["schemas"]["ReplayWitness"];
            totals: components["schemas"]["ReplayTotals"];
            /** @description What comes out the other way, what was used last first; 100 at most. */
            flips: components["schemas"]["ReplayFlip"][];
        };
        /** @description In which organizations the candidate decides; one that is in `share` or in `organizationIds` is in the canary. */
        PolicyRolloutCanary: {
            /**
             * Format: int32
             * @description Of all organizations, in hundredths of a percent: 500 is 5 %. The id of an organization alone says whether it is in it, so a greater share has all organizations of a smaller one.
             * @example 500
             */
            share?: number;
            /** @description Organizations of the kind. */
            organizationIds?: components["schemas"]["OrganizationId"][];
        };
        /** @description What promotion asks for. */
        PolicyRolloutGates: {
            /**
             * Format: int32
             * @description Compared decisions at least.
             * @default 1000
             */
            decisions?: number;
            /**
             * Format: int32
             * @description Compared decisions that differ where the plan does not say so, at most.
             * @default 0
             */
            unplanned?: number;
        };
        /** @description What the comparison has found since the rollout is in its stage. */
        PolicyRolloutFigures: {
            /**
             * Format: int64
             * @description Decisions that were compared.
             */
            compared: number;
            /**
             * Format: int64
             * @description Decisions that were not compared: too many waited, or one of both revisions does not hold on the server.
             */
            dropped: number;
            /**
             * Format: int64
             * @description Compared decisions that differ, as the plan says.
             */
            planned: number;
            /**
             * Format: int64
             * @description Compared decisions that differ where the plan does not say so.
             */
            unplanned: number;
        };
        /**
         * @description From the revision in force to the candidate.
         * @enum {string}
         */
        PolicyRolloutEffect: "ALLOW_TO_DENY" | "DENY_TO_ALLOW";
        /** @description A permission that the candidate and the revision in force decide differently for subjects with these roles. */
        PolicyRolloutFinding: {
            effect: components["schemas"]["PolicyRolloutEffect"];
            /**
             * @description Resource and action.
             * @example connection:delete
             */
            permission: string;
            level: components["schemas"]["PolicyLevel"];
            /** @description The roles and states of the subjects. */
            roles: string[];
            /** @description Of a key with scopes these. */
            scopes?: string[];
            /**
             * Format: int64
             * @description How many decisions differ.
             */
            count: number;
            /** @description Whether the access plan of the rollout has this change for holders of these roles. */
            planned: boolean;
            /**
             * @description One of the decisions. Where it is in the decision log, getDecision explains it.
             * @example dec_01h455vb4pex5vsknk084sn02q
             */
            decisionId?: string;
            organizationId?: components["schemas"]["OrganizationId"];
            firstAt: components["schemas"]["Timestamp"];
            lastAt: components["schemas"]["Timestamp"];
        };
        /** @description A revision that comes into force in stages. */
        PolicyRollout: {
            id: components["schemas"]["PolicyRolloutId"];
            scope: components["schemas"]["PolicyScope"];
            revision: components["schemas"]["RevisionNumber"];
            baseRevision: components["schemas"]["RevisionNumber"];
            stage: components["schemas"]["PolicyRolloutStage"];
            canary?: components["schemas"]["PolicyRolloutCanary"];
            gates: components["schemas"]["PolicyRolloutGates"];
            figures: components["schemas"]["PolicyRolloutFigures"];
            /** @description What differs, first what the plan does not say, then what was met most; 100 at most. A list of rollouts leaves it out. */
            findings?: components["schemas"]["PolicyRolloutFinding"][];
            planId?: components["schemas"]["AccessPlanId"];
            reason: components["schemas"]["Reason"];
            /** @description Who began it: the id of a user, or the name that the command line gave. */
            createdBy: string;
            /** @description Who moved it to its stage. */
            movedBy: string;
            movedAt: components["schemas"]["Timestamp"];
            movedReason: components["schemas"]["Reason"];
            createdAt: components["schemas"]["Timestamp"];
            updatedAt: components["schemas"]["Timestamp"];
            etag: components["schemas"]["Etag"];
        };
        /** @description One page of the rollouts of a scope, newest first. */
        PolicyRolloutList: {
            /** @description The items of this page. */
            items: components["schemas"]["PolicyRollout"][];
            nextPageToken?: components["schemas"]["PageToken"];
        };
        /** @description Which revision comes into force in stages. */
        CreatePolicyRollout: {
            revision: components["schemas"]["RevisionNumber"];
            canary?: components["schemas"]["PolicyRolloutCanary"];
            gates?: components["schemas"]["PolicyRolloutGates"];
            planId?: components["schemas"]["AccessPlanId"];
            reason: components["schemas"]["Reason"];
        };
        /**
         * @description CANARY: the candidate decides in the organizations that `canary` names. ALL: it is in force everywhere.
         * @enum {string}
         */
        PolicyRolloutTarget: "CANARY" | "ALL";
        /** @description How far. */
        PromotePolicyRollout: {
            stage: components["schemas"]["PolicyRolloutTarget"];
            canary?: components["schemas"]["PolicyRolloutCanary"];
            roleMapping?: components["schemas"]["RoleMapping"];
            /**
             * @description Also where the gates are not met.
             * @default false
             */
            force?: boolean;
            reason: components["schemas"]["Reason"];
        };
        /** @description Why it ends. */
        CancelPolicyRollout: {
            reason: components["schemas"]["Reason"];
        };
        /**
         * Format: text
         * @description What it is for.
         */
        PolicyStoreDescription: string;
        /** @description The policy of an application, and what is known of its subjects and resources. */
        PolicyStore: {
            id: components["schemas"]["PolicyStoreId"];
            organizationId: components["schemas"]["OrganizationId"];
            projectId: components["schemas"]["ProjectId"];
            name: components["schemas"]["Name"];
            description: components["schemas"]["PolicyStoreDescription"];
            revision?: components["schemas"]["RevisionNumber"];
            /**
             * Format: int32
             * @description How many entities it has.
             */
            entityCount: number;
            /**
             * Format: int32
             * @description The bytes of their properties.
             */
            entityBytes: number;
            createdAt: components["schemas"]["Timestamp"];
            updatedAt: components["schemas"]["Timestamp"];
            etag: components["schemas"]["Etag"];
        };
        /** @description One page of stores. */
        PolicyStoreList: {
            /** @description The stores. */
            items: components["schemas"]["PolicyStore"][];
            nextPageToken?: components["schemas"]["PageToken"];
        };
        /** @description A new store. */
        CreatePolicyStore: {
            name: components["schemas"]["Name"];
            description?: components["schemas"]["PolicyStoreDescription"];
        };
        /** @description What changes; the rest stays. */
        UpdatePolicyStore: {
            name?: components["schemas"]["Name"];
            description?: components["schemas"]["PolicyStoreDescription"];
        };
        /** @description A revision in a list, without its files. */
        PolicyStoreRevisionSummary: {
            revision: components["schemas"]["RevisionNumber"];
            sha256: components["schemas"]["Sha256"];
            /** @description Who proposed it. */
            author: string;
            reason: components["schemas"]["Reason"];
            gitCommit?: components["schemas"]["GitCommit"];
            createdAt: components["schemas"]["Timestamp"];
        };
        /** @description One page of revisions, newest first. */
        PolicyStoreRevisionList: {
            /** @description The revisions. */
            items: components["schemas"]["PolicyStoreRevisionSummary"][];
            nextPageToken?: components["schemas"]["PageToken"];
        };
        /** @description The text of model.conf, the Casbin model. */
        StoreModel: string;
        /** @description The text of policy.csv, the rules. */
        StorePolicy: string;
        /** @description The text of tests.yaml. */
        StoreTests: string;
        /** @description A new version of the whole policy. Nothing changes until the head is moved to it. */
        CreatePolicyStoreRevision: {
            model: components["schemas"]["StoreModel"];
            policy: components["schemas"]["StorePolicy"];
            tests?: components["schemas"]["StoreTests"];
            reason: components["schemas"]["Reason"];
            gitCommit?: components["schemas"]["GitCommit"];
        };
        /** @description An immutable version of the policy of a store. */
        PolicyStoreRevision: {
            revision: components["schemas"]["RevisionNumber"];
            sha256: components["schemas"]["Sha256"];
            /** @description Who proposed it. */
            author: string;
            reason: components["schemas"]["Reason"];
            gitCommit?: components["schemas"]["GitCommit"];
            createdAt: components["schemas"]["Timestamp"];
            model: components["schemas"]["StoreModel"];
            policy: components["schemas"]["StorePolicy"];
            tests: components["schemas"]["StoreTests"];
        };
        /** @description Which revision decides. Without one every question is denied. */
        PolicyStoreHead: {
            revision?: components["schemas"]["RevisionNumber"];
            /** @description Who put it into force. */
            activatedBy?: string;
            activatedAt?: components["schemas"]["Timestamp"];
            reason?: components["schemas"]["Reason"];
            etag: components["schemas"]["Etag"];
        };
        /** @description What shall decide. */
        ReplacePolicyStoreHead: {
            revision: components["schemas"]["RevisionNumber"];
            reason?: components["schemas"]["Reason"];
        };
        /** @description Why to go back, and how far. */
        RollbackPolicyStore: {
            revision?: components["schemas"]["RevisionNumber"];
            reason: components["schemas"]["Reason"];
        };
        /**
         * @description How a revision came into force. ACTIVATION: by its number. ROLLBACK: back to what was in force before.
         * @enum {string}
         */
        StoreActivationWay: "ACTIVATION" | "ROLLBACK";
        /** @description A revision that was put into force. */
        PolicyStoreActivation: {
            revision: components["schemas"]["RevisionNumber"];
            previousRevision?: components["schemas"]["RevisionNumber"];
            sha256: components["schemas"]["Sha256"];
            gitCommit?: components["schemas"]["GitCommit"];
            how: components["schemas"]["StoreActivationWay"];
            /** @description Who put it into force. */
            activatedBy: string;
            activatedAt: components["schemas"]["Timestamp"];
            reason?: components["schemas"]["Reason"];
            etag: components["schemas"]["Etag"];
        };
        /** @description One page of the history of a store, newest first. */
        PolicyStoreActivationList: {
            /** @description The entries. */
            items: components["schemas"]["PolicyStoreActivation"][];
            nextPageToken?: components["schemas"]["PageToken"];
        };
        /** @description The files of a policy, to be looked at. */
        PolicyStoreContents: {
            model: components["schemas"]["StoreModel"];
            policy: components["schemas"]["StorePolicy"];
            tests?: components["schemas"]["StoreTests"];
        };
        /** @description A test that does not hold. */
        PolicyStoreTestFailure: {
            /** @description The test. */
            name: string;
            /** @description What was expected, what came instead, and by which row. */
            message: string;
            /**
             * Format: int32
             * @description Its line in tests.yaml, from 1.
             */
            line: number;
        };
        /** @description How the tests of a store came out. */
        PolicyStoreTestReport: {
            /**
             * Format: int32
             * @description How many tests hold.
             */
            passed: number;
            /**
             * Format: int32
             * @description How many do not.
             */
            failed: number;
            /** @description Those that do not, at most 200 of them. */
            failures: components["schemas"]["PolicyStoreTestFailure"][];
            /**
             * Format: int32
             * @description How many rows the policy has.
             */
            rows: number;
            /** @description The lines of policy.csv whose row takes part in no answer that a test expects. */
            untestedRows: number[];
        };
        /**
         * @description The type of an entity.
         * @example record
         */
        EntityTypeName: string;
        /** @description What would be in force, a revision or files, and in place of what: without `from` of what is in force now. */
        PlanPolicyStore: {
            from?: components["schemas"]["RevisionNumber"];
            to?: components["schemas"]["RevisionNumber"];
            contents?: components["schemas"]["PolicyStoreContents"];
            /** @description The types of entities that questions are asked for; without it those that rows, roles and tests have as subjects. */
            subjectTypes?: components["schemas"]["EntityTypeName"][];
        };
        /** @description A policy; files that are not stored have no number. */
        ComparedStoreRevision: {
            revision?: components["schemas"]["RevisionNumber"];
            sha256: components["schemas"]["Sha256"];
        };
        /** @description The subjects that there are, and those about whom everything was asked. */
        PlannedSubjects: {
            /**
             * Format: int32
             * @description How many there are.
             */
            all: number;
            /**
             * Format: int32
             * @description About how many everything was asked.
             */
            asked: number;
        };
        /** @description The entities that the store keeps, and those that were looked at. */
        PlannedEntities: {
            /**
             * Format: int32
             * @description How many there are.
             */
            stored: number;
            /**
             * Format: int32
             * @description How many were looked at.
             */
            looked: number;
        };
        /** @description A line of policy.csv that the other policy does not have. */
        ChangedStoreLine: {
            /**
             * Format: int32
             * @description Its number, from 1.
             */
            line: number;
            /** @description The line. */
            text: string;
        };
        /** @description Rows and roles that only one of the two policies has, whatever their spelling and order. */
        ChangedStoreLines: {
            /** @description Those of `to`. */
            added: components["schemas"]["ChangedStoreLine"][];
            /** @description Those of `from`. */
            removed: components["schemas"]["ChangedStoreLine"][];
        };
        /** @description Sums over all changes. */
        StorePlanSummary: {
            /**
             * Format: int32
             * @description Questions that are allowed afterwards and were not before.
             */
            gains: number;
            /**
             * Format: int32
             * @description Questions that were allowed before and are not afterwards.
             */
            losses: number;
            /**
             * Format: int32
             * @description Questions that are answered as before without a context, and may be answered otherwise with one.
             */
            conditional: number;
            /**
             * Format: int32
             * @description Subjects with a gain or a loss.
             */
            subjects: number;
            /**
             * Format: int32
             * @description Resources with a gain or a loss.
             */
            resources: number;
        };
        /**
         * @description GAIN: allowed afterwards. LOSS: allowed before. CONDITIONAL: the same without a context, and may be otherwise with one.
         * @enum {string}
         */
        StorePlanKind: "GAIN" | "LOSS" | "CONDITIONAL";
        /** @description What a policy answers, and by which row. */
        StorePlanAnswer: {
            /** @description Whether it is allowed. */
            decision: boolean;
            /**
             * Format: int32
             * @description The line of policy.csv that decides; none where no row holds.
             */
            line?: number;
            /** @description The text of that line. */
            row?: string;
        };
        /** @description Changes of one kind by the same rows. */
        StorePlanGroup: {
            kind: components["schemas"]["StorePlanKind"];
            /** @description Who. */
            subjectType: string;
            /** @description What; * is any action that no row names. */
            action: string;
            /** @description With what. */
            resourceType: string;
            /**
             * Format: int32
             * @description How many questions.
             */
            count: number;
            /**
             * Format: int32
             * @description How many of them a context may change.
             */
            conditional: number;
            /**
             * Format: int32
             * @description How many subjects.
             */
            subjects: number;
            /**
             * Format: int32
             * @description How many resources.
             */
            resources: number;
            before: components["schemas"]["StorePlanAnswer"];
            after: components["schemas"]["StorePlanAnswer"];
        };
        /** @description A subject or a resource. */
        StoreFoundEntity: {
            /** @description As it was searched for. */
            type: string;
            /** @description Its id. */
            id: string;
        };
        /** @description One question whose answer changes. */
        StorePlanCell: {
            kind: components["schemas"]["StorePlanKind"];
            subject: components["schemas"]["StoreFoundEntity"];
            /** @description What; * is any action that no row names. */
            action: string;
            resource: components["schemas"]["StoreFoundEntity"];
            before: components["schemas"]["StorePlanAnswer"];
            after: components["schemas"]["StorePlanAnswer"];
        };
        /** @description How much there is besides what is listed; the sums count it too. */
        OmittedFromStorePlan: {
            /**
             * Format: int32
             * @description Groups. Of each kind the most frequent are listed.
             */
            groups: number;
            /**
             * Format: int32
             * @description Single gains and losses.
             */
            cells: number;
            /**
             * Format: int32
             * @description Lines.
             */
            lines: number;
        };
        /** @description What stock Casbin says to questions by chance, half of them among the changes. */
        StorePlanVerification: {
            /**
             * Format: int32
             * @description How many it decided by both policies.
             */
            decided: number;
            /**
             * Format: int32
             * @description How many of them the plan has otherwise; a plan with one is not answered.
             */
            differences: number;
        };
        /** @description What a change does to the entities of a store. */
        PolicyStorePlan: {
            from?: components["schemas"]["ComparedStoreRevision"];
            to: components["schemas"]["ComparedStoreRevision"];
            /** @description The types of entities that questions are asked for. */
            subjectTypes: string[];
            /** @description The types of entities that questions are about. */
            resourceTypes: string[];
            subjects: components["schemas"]["PlannedSubjects"];
            /**
             * Format: int32
             * @description How many resources there are.
             */
            resources: number;
            entities: components["schemas"]["PlannedEntities"];
            /** @description Whether every subject was asked about, and every entity that the store keeps. */
            isComplete: boolean;
            lines: components["schemas"]["ChangedStoreLines"];
            summary: components["schemas"]["StorePlanSummary"];
            /** @description Changes by who, what and which rows decide, losses first, the most frequent of them first. */
            groups: components["schemas"]["StorePlanGroup"][];
            /** @description The first single gains and losses that were found. */
            cells: components["schemas"]["StorePlanCell"][];
            omitted: components["schemas"]["OmittedFromStorePlan"];
            verification: components["schemas"]["StorePlanVerification"];
            digest: components["schemas"]["Sha256"];
        };
        /** @description What is compared, a revision or files, and with what: without `from` with what is in force now. */
        DiffPolicyStoreRevisions: {
            from?: components["schemas"]["RevisionNumber"];
            to?: components["schemas"]["RevisionNumber"];
            contents?: components["schemas"]["PolicyStoreContents"];
        };
        /** @description A question of a test, with its context, that is answered otherwise. */
        ChangedStoreCase: {
            /** @description The test. */
            name: string;
            kind: components["schemas"]["StorePlanKind"];
            before: components["schemas"]["StorePlanAnswer"];
            after: components["schemas"]["StorePlanAnswer"];
        };
        /** @description What two policies mean, for the entities and cases of their tests. */
        PolicyStoreDiff: {
            /** @description The first cases that are answered otherwise. */
            cases: components["schemas"]["ChangedStoreCase"][];
            /**
             * Format: int32
             * @description How many there are besides.
             */
            omittedCases: number;
            from?: components["schemas"]["ComparedStoreRevision"];
            to: components["schemas"]["ComparedStoreRevision"];
            /** @description The types of entities that questions are asked for. */
            subjectTypes: string[];
            /** @description The types of entities that questions are about. */
            resourceTypes: string[];
            subjects: components["schemas"]["PlannedSubjects"];
            /**
             * Format: int32
             * @description How many resources there are.
             */
            resources: number;
            entities: components["schemas"]["PlannedEntities"];
            /** @description Whether every subject was asked about, and every entity that the store keeps. */
            isComplete: boolean;
            lines: components["schemas"]["ChangedStoreLines"];
            summary: components["schemas"]["StorePlanSummary"];
            /** @description Changes by who, what and which rows decide, losses first, the most frequent of them first. */
            groups: components["schemas"]["StorePlanGroup"][];
            /** @description The first single gains and losses that were found. */
            cells: components["schemas"]["StorePlanCell"][];
            omitted: components["schemas"]["OmittedFromStorePlan"];
            verification: components["schemas"]["StorePlanVerification"];
            digest: components["schemas"]["Sha256"];
        };
        /** @description One thing that is wrong. */
        PolicyStoreFinding: {
            /**
             * @description The rule.
             * @example unknown-property
             */
            rule: string;
            level: components["schemas"]["PolicyFindingLevel"];
            /** @description What is wrong. */
            message: string;
            /** @description model.conf, policy.csv or tests.yaml. */
            file?: string;
            /**
             * Format: int32
             * @description The line, from 1.
             */
            line?: number;
        };
        /** @description What is wrong with the files; tests that do not hold are errors too. */
        PolicyStoreLint: {
            /**
             * Format: int32
             * @description How many errors there are.
             */
            errors: number;
            /**
             * Format: int32
             * @description How many warnings there are.
             */
            warnings: number;
            /** @description The findings, at most 200 of them. */
            findings: components["schemas"]["PolicyStoreFinding"][];
        };
        /** @description What conditions of the policy may look at. */
        StoreProperties: {
            [key: string]: unknown;
        };
        /** @description A subject or a resource of the application. */
        StoreEntity: {
            /** @description Its type. */
            type: string;
            /** @description Its id. */
            id: string;
            properties?: components["schemas"]["StoreProperties"];
        } & {
            [key: string]: unknown;
        };
        /** @description What would be done. */
        StoreAction: {
            /** @description The action. */
            name: string;
            properties?: components["schemas"]["StoreProperties"];
        } & {
            [key: string]: unknown;
        };
        /** @description How the question is answered. */
        StoreEvaluationOptions: {
            /**
             * @description Whether the answer has a context. Tenet's own.
             * @default false
             */
            include_context?: boolean;
        } & {
            [key: string]: unknown;
        };
        /** @description A question in the words of AuthZEN. Unknown members are ignored. */
        StoreEvaluationRequest: {
            subject: components["schemas"]["StoreEntity"];
            action: components["schemas"]["StoreAction"];
            resource: components["schemas"]["StoreEntity"];
            context?: components["schemas"]["StoreProperties"];
            options?: components["schemas"]["StoreEvaluationOptions"];
        } & {
            [key: string]: unknown;
        };
        /**
         * @description RULE: a rule decided. NO_MATCH: no rule allows it. NO_POLICY: the store has no revision in force.
         * @enum {string}
         */
        StoreDecisionReason: "RULE" | "NO_MATCH" | "NO_POLICY";
        /** @description Why. */
        StoreEvaluationContext: {
            reason?: components["schemas"]["StoreDecisionReason"];
            revision?: components["schemas"]["RevisionNumber"];
            /** @description The lines of policy.csv that decided. */
            rules?: number[];
            error?: components["schemas"]["EvaluationError"];
        } & {
            [key: string]: unknown;
        };
        /** @description The answer. A denial is a 200 too. */
        StoreEvaluationResponse: {
            /** @description Whether it is allowed. */
            decision: boolean;
            context?: components["schemas"]["StoreEvaluationContext"];
        } & {
            [key: string]: unknown;
        };
        /**
         * @description The id of an entity, which its application gives.
         * @example 1
         */
        EntityName: string;
        /** @description A subject or a resource of an application. */
        PolicyStoreEntity: {
            type: components["schemas"]["EntityTypeName"];
            id: components["schemas"]["EntityName"];
            properties: components["schemas"]["StoreProperties"];
            createdAt: components["schemas"]["Timestamp"];
            updatedAt: components["schemas"]["Timestamp"];
        };
        /** @description One page of entities. */
        PolicyStoreEntityList: {
            /** @description The entities. */
            items: components["schemas"]["PolicyStoreEntity"][];
            nextPageToken?: components["schemas"]["PageToken"];
        };
        /** @description An entity with all of its properties. */
        NewPolicyStoreEntity: {
            type: components["schemas"]["EntityTypeName"];
            id: components["schemas"]["EntityName"];
            properties?: components["schemas"]["StoreProperties"];
        };
        /** @description Entities, each once. */
        WritePolicyStoreEntities: {
            /** @description The entities. */
            entities: components["schemas"]["NewPolicyStoreEntity"][];
        };
        /** @description What was done. */
        WrittenPolicyStoreEntities: {
            /**
             * Format: int32
             * @description How many are new.
             */
            created: number;
            /**
             * Format: int32
             * @description How many were there before.
             */
            updated: number;
        };
        /** @description Questions, and what those that leave it open are about. Unknown members are ignored. */
        StoreEvaluationsRequest: {
            subject?: components["schemas"]["EvaluationDefault"];
            action?: components["schemas"]["StoreAction"];
            resource?: components["schemas"]["EvaluationDefault"];
            context?: components["schemas"]["StoreProperties"];
            /** @description The questions. Each needs a subject, an action and a resource, its own or those above. */
            evaluations?: components["schemas"]["EvaluationsItem"][];
            options?: components["schemas"]["EvaluationsOptions"];
        } & {
            [key: string]: unknown;
        };
        /** @description An answer for each question in their order, up to the one that ended it; or one answer, to a request without `evaluations`. */
        StoreEvaluationsResponse: {
            /** @description The answers. */
            evaluations?: components["schemas"]["StoreEvaluationResponse"][];
            /** @description The answer to a request without `evaluations`. */
            decision?: boolean;
            context?: components["schemas"]["StoreEvaluationContext"];
        };
        /** @description The type of entities that are searched for. An id and properties are ignored. */
        StoreSearchedType: {
            /** @description A type of the application. */
            type: string;
        } & {
            [key: string]: unknown;
        };
        /** @description Which subjects may do this? Unknown members are ignored. */
        StoreSubjectSearch: {
            subject: components["schemas"]["StoreSearchedType"];
            action: components["schemas"]["StoreAction"];
            resource: components["schemas"]["StoreEntity"];
            context?: components["schemas"]["StoreProperties"];
            page?: components["schemas"]["SearchPage"];
        } & {
            [key: string]: unknown;
        };
        /** @description What was found. */
        StoreSearchResponse: {
            page?: components["schemas"]["SearchedPage"];
            /** @description In the order of their ids. */
            results: components["schemas"]["StoreFoundEntity"][];
        };
        /** @description On which resources may the subject do this? Unknown members are ignored. */
        StoreResourceSearch: {
            subject: components["schemas"]["StoreEntity"];
            action: components["schemas"]["StoreAction"];
            resource: components["schemas"]["StoreSearchedType"];
            context?: components["schemas"]["StoreProperties"];
            page?: components["schemas"]["SearchPage"];
        } & {
            [key: string]: unknown;
        };
        /** @description What may the subject do with this? Unknown members are ignored. */
        StoreActionSearch: {
            subject: components["schemas"]["StoreEntity"];
            resource: components["schemas"]["StoreEntity"];
            context?: components["schemas"]["StoreProperties"];
            page?: components["schemas"]["SearchPage"];
        } & {
            [key: string]: unknown;
        };
        /** @description An action. */
        StoreFoundAction: {
            /** @description The action. */
            name: string;
        };
        /** @description What was found. */
        StoreActionSearchResponse: {
            page?: components["schemas"]["SearchedPage"];
            /** @description By name. */
            results: components["schemas"]["StoreFoundAction"][];
        };
        /** @description What can be done with resources of a type. */
        ResourceTypeAction: {
            /** @description The action. */
            name: string;
            /** @description Where it can be asked. */
            levels: components["schemas"]["RoleLevel"][];
        };
        /**
         * @description SUMMARY: in lists. DETAIL: for those who may read the resource. SENSITIVE: for those to whom it is revealed.
         * @enum {string}
         */
        ResourceFieldClass: "SUMMARY" | "DETAIL" | "SENSITIVE";
        /** @description A field of a resource type. */
        ResourceTypeField: {
            /** @description Its name in `data`. */
            name: string;
            /** @description Its name for people. */
            title: string;
            class: components["schemas"]["ResourceFieldClass"];
            /** @description Whether it is never shown again. */
            writeOnly: boolean;
        };
        /** @description A JSON Schema (2020-12) of `data`. */
        ResourceTypeSchema: {
            [key: string]: unknown;
        };
        /** @description A resource type of which an organization or its projects keep resources. */
        ResourceTypeDefinition: {
            /** @description Its name in paths and permissions. */
            name: string;
            /** @description Its name for people. */
            title: string;
            /** @description The group in which a user interface shows it. */
            group?: string;
            /** @description Where resources of it are. */
            levels: components["schemas"]["RoleLevel"][];
            /** @description What can be done with them. */
            actions: components["schemas"]["ResourceTypeAction"][];
            /** @description What they hold besides name and labels. */
            fields: components["schemas"]["ResourceTypeField"][];
            schema: components["schemas"]["ResourceTypeSchema"];
        };
        /** @description One page of resource types. */
        ResourceTypeDefinitionList: {
            /** @description The types, in the order of the blueprint. */
            items: components["schemas"]["ResourceTypeDefinition"][];
            nextPageToken?: components["schemas"]["PageToken"];
        };
        /** @description A part of the hierarchy that a user interface shows. */
        ResourceGroup: {
            /** @description Its name. */
            name: string;
            /** @description Its name for people. */
            title: string;
            /** @description Resource types, by their names. */
            types: string[];
            /** @description What belongs there and has operations of its own, such as `member`. */
            platformTypes: string[];
        };
        /** @description One page of groups. */
        ResourceGroupList: {
            /** @description The groups, in the order of the blueprint. */
            items: components["schemas"]["ResourceGroup"][];
            nextPageToken?: components["schemas"]["PageToken"];
        };
        /**
         * @description The id of a resource (TypeID).
         * @example res_01h455vb4pex5vsknk084sn02q
         */
        ResourceId: string;
        /**
         * @description Fields of a resource by their names, as its resource type has them. At most 65,536 bytes of JSON and 5,000 values, not nested deeper than 8 levels.
         * @example {
         *       "platform": "github",
         *       "environment": "LIVE"
         *     }
         */
        ResourceData: {
            [key: string]: unknown;
        };
        /** @description A resource as lists show it. */
        ResourceSummary: {
            id: components["schemas"]["ResourceId"];
            organizationId: components["schemas"]["OrganizationId"];
            projectId?: components["schemas"]["ProjectId"];
            /** @description Its resource type. */
            type: string;
            name: components["schemas"]["Name"];
            labels: components["schemas"]["Labels"];
            data: components["schemas"]["ResourceData"];
            createdBy: components["schemas"]["ActorName"];
            createdAt: components["schemas"]["Timestamp"];
            updatedAt: components["schemas"]["Timestamp"];
            etag: components["schemas"]["Etag"];
        };
        /** @description One page of resources. */
        ResourceSummaryList: {
            /** @description The items of this page. */
            items: components["schemas"]["ResourceSummary"][];
            nextPageToken?: components["schemas"]["PageToken"];
        };
        /** @description A resource to be made. */
        CreateResource: {
            name: components["schemas"]["Name"];
            labels?: components["schemas"]["Labels"];
            data?: components["schemas"]["ResourceData"];
        };
        /** @description A resource for those who may read it. */
        Resource: {
            id: components["schemas"]["ResourceId"];
            organizationId: components["schemas"]["OrganizationId"];
            projectId?: components["schemas"]["ProjectId"];
            /** @description Its resource type. */
            type: string;
            name: components["schemas"]["Name"];
            labels: components["schemas"]["Labels"];
            data: components["schemas"]["ResourceData"];
            /** @description The sensitive fields that are set, by their names. */
            sensitiveFields: string[];
            createdBy: components["schemas"]["ActorName"];
            createdAt: components["schemas"]["Timestamp"];
            updatedAt: components["schemas"]["Timestamp"];
            etag: components["schemas"]["Etag"];
        };
        /** @description What is to be changed. */
        UpdateResource: {
            name?: components["schemas"]["Name"];
            labels?: components["schemas"]["LabelsPatch"];
            data?: components["schemas"]["ResourceData"];
        };
        /** @description The sensitive fields of a resource. */
        RevealedResource: {
            id: components["schemas"]["ResourceId"];
            data: components["schemas"]["ResourceData"];
        };
        /**
         * @description The id of a restriction (TypeID).
         * @example rst_01h455vb4pex5vsknk084sn02q
         */
        RestrictionId: string;
        /**
         * @description A resource type of the blueprint that is `restrictable`.
         * @example model
         */
        RestrictedType: string;
        /**
         * @description One resource of the type, by the id that questions about it name as `resource.id`. Without it all of the type are meant.
         * @example gpt-x
         */
        RestrictedResource: string;
        /** @description Where it is off; everywhere in the organization when nothing is said. */
        RestrictedProjects: components["schemas"]["ProjectId"][];
        /** @description Where it stays on; it is off in all other projects, those to come included. */
        SparedProjects: components["schemas"]["ProjectId"][];
        /** @description Something that the organization has switched off. */
        Restriction: {
            id: components["schemas"]["RestrictionId"];
            organizationId: components["schemas"]["OrganizationId"];
            resourceType: components["schemas"]["RestrictedType"];
            resourceId?: components["schemas"]["RestrictedResource"];
            projectIds?: components["schemas"]["RestrictedProjects"];
            exceptProjectIds?: components["schemas"]["SparedProjects"];
            reason: components["schemas"]["Reason"];
            createdBy: components["schemas"]["ActorName"];
            createdAt: components["schemas"]["Timestamp"];
            etag: components["schemas"]["Etag"];
        };
        /** @description One page of restrictions. */
        RestrictionList: {
            /** @description The items of this page. */
            items: components["schemas"]["Restriction"][];
            nextPageToken?: components["schemas"]["PageToken"];
        };
        /** @description What to switch off. `projectIds` and `exceptProjectIds` do not go together. */
        CreateRestriction: {
            resourceType: components["schemas"]["RestrictedType"];
            resourceId?: components["schemas"]["RestrictedResource"];
            projectIds?: components["schemas"]["RestrictedProjects"];
            exceptProjectIds?: components["schemas"]["SparedProjects"];
            reason: components["schemas"]["Reason"];
        };
        /**
         * @description The key of a setting.
         * @example default-router
         */
        SettingKey: string;
        /**
         * @description DURATION: an ISO 8601 duration of one unit, such as PT12H. RESOURCE: the id of a resource of `resourceType`, or one of `values`.
         * @enum {string}
         */
        SettingType: "BOOLEAN" | "INTEGER" | "STRING" | "ENUM" | "DURATION" | "RESOURCE";
        /**
         * @description Whose setting it is.
         * @enum {string}
         */
        SettingScope: "ORG" | "PROJECT" | "MEMBER";
        /**
         * @description LIVE: the value of the organization counts in its projects at once. SNAPSHOT: a project is made with the value of that moment and keeps it.
         * @enum {string}
         */
        SettingMode: "LIVE" | "SNAPSHOT";
        /**
         * @description TIGHTEN: each level may only be stricter than the one above it.
         * @enum {string}
         */
        SettingDirection: "FREE" | "TIGHTEN";
        /**
         * @description Which of two values is the stricter one; of an ENUM HIGHER is the one that is listed later.
         * @enum {string}
         */
        SettingStricter: "LOWER" | "HIGHER";
        /**
         * @description A value of the type of the setting: true or false, a whole number, or a text of at most 500 characters.
         * @example managed
         */
        SettingValue: unknown;
        /**
         * @description Where a value stands. DEFAULT: in the blueprint.
         * @enum {string}
         */
        SettingSource: "DEFAULT" | "ORGANIZATION" | "PROJECT" | "MEMBER";
        /** @description What one level says of a setting. */
        SettingSay: {
            source: components["schemas"]["SettingSource"];
            value?: components["schemas"]["SettingValue"];
            /** @description True where a project has taken it over from its organization. */
            isCopy?: boolean;
            /** @description True where the organization has locked it. */
            isLocked?: boolean;
            setBy?: components["schemas"]["ActorName"];
            setAt?: components["schemas"]["Timestamp"];
        };
        /** @description A setting in one place: what it is, the value that counts (none where none is set and the blueprint has no default), where that stands, who set it and when, and what it stands before. */
        Setting: {
            key: components["schemas"]["SettingKey"];
            /** @description Its name for people. */
            title: string;
            /** @description What it is about. */
            description?: string;
            type: components["schemas"]["SettingType"];
            scope: components["schemas"]["SettingScope"];
            /** @description Whether a project may have a value of its own. */
            isOverridable: boolean;
            mode: components["schemas"]["SettingMode"];
            direction: components["schemas"]["SettingDirection"];
            stricter?: components["schemas"]["SettingStricter"];
            /** @description Of an ENUM, all of them; of a RESOURCE, words that may stand in the place of an id. */
            values?: string[];
            min?: components["schemas"]["SettingValue"];
            max?: components["schemas"]["SettingValue"];
            /**
             * Format: int32
             * @description Characters of a STRING at most.
             */
            maxLength?: number;
            /** @description The type of a RESOURCE. */
            resourceType?: string;
            value?: components["schemas"]["SettingValue"];
            source: components["schemas"]["SettingSource"];
            /** @description True where a project has taken the value over from its organization. */
            isCopy?: boolean;
            /** @description Whether the organization has locked the value that counts. */
            isLocked: boolean;
            setBy?: components["schemas"]["ActorName"];
            setAt?: components["schemas"]["Timestamp"];
            /** @description The values of other levels, which do not count here, the nearest first: those that this one takes the place of, and one of the place itself that the levels above do not let count. */
            overrides: components["schemas"]["SettingSay"][];
            managedBy?: components["schemas"]["ManagedBy"];
            etag: components["schemas"]["Etag"];
        };
        /** @description One page of settings. */
        SettingList: {
            /** @description The items of this page. */
            items: components["schemas"]["Setting"][];
            nextPageToken?: components["schemas"]["PageToken"];
        };
        /** @description A value of the organization. */
        WriteSetting: {
            value: components["schemas"]["SettingValue"];
            /**
             * @description True: no project has a value of its own.
             * @default false
             */
            isLocked?: boolean;
        };
        /** @description Which projects take the value over. */
        ApplySetting: {
            /** @description These; all where it is absent. */
            projectIds?: components["schemas"]["ProjectId"][];
            /**
             * @description True: also projects that have chosen a value of their own.
             * @default false
             */
            includeOwn?: boolean;
        };
        /** @description What has become of one project. */
        AppliedSetting: {
            projectId: components["schemas"]["ProjectId"];
            before?: components["schemas"]["SettingValue"];
            after: components["schemas"]["SettingValue"];
        };
        /** @description The projects that have changed. */
        AppliedSettings: {
            key: components["schemas"]["SettingKey"];
            value: components["schemas"]["SettingValue"];
            /** @description Each project that has changed. */
            items: components["schemas"]["AppliedSetting"][];
            /**
             * Format: int32
             * @description How many projects are left for another request.
             */
            remaining: number;
        };
        /** @description A value of a project or of a member. */
        WriteSettingBelow: {
            value: components["schemas"]["SettingValue"];
        };
        /**
         * @description REQUESTED: the organization has not answered. APPROVED: the operator holds the role until its end. DENIED: the organization said no. ENDED: one of both sides ended it. EXPIRED: its time is over, or it was not answered in time.
         * @enum {string}
         */
        SupportAccessState: "REQUESTED" | "APPROVED" | "DENIED" | "ENDED" | "EXPIRED";
        /**
         * @description The id of a support access (TypeID).
         * @example sup_01h455vb4pex5vsknk084sn02q
         */
        SupportAccessId: string;
        /**
         * Format: name
         * @description Why the operator needs it. The administrators of the organization read it.
         */
        SupportReason: string;
        /**
         * Format: int32
         * @description For how many minutes from the approval, or from the offer. The blueprint may allow less.
         */
        SupportMinutes: number;
        /** @description A role in an organization that an operator asks for, and holds for a while if the organization approves; or that the organization offers (`offeredBy`). */
        SupportAccess: {
            id: components["schemas"]["SupportAccessId"];
            organizationId: components["schemas"]["OrganizationId"];
            operatorId: components["schemas"]["UserId"];
            role: components["schemas"]["RoleId"];
            reason: components["schemas"]["SupportReason"];
            minutes: components["schemas"]["SupportMinutes"];
            state: components["schemas"]["SupportAccessState"];
            expiresAt: components["schemas"]["Timestamp"];
            offeredBy?: components["schemas"]["ActorName"];
            answeredBy?: components["schemas"]["ActorName"];
            until?: components["schemas"]["Timestamp"];
            endedBy?: components["schemas"]["ActorName"];
            createdAt: components["schemas"]["Timestamp"];
            updatedAt: components["schemas"]["Timestamp"];
            etag: components["schemas"]["Etag"];
        };
        /** @description One page of support accesses. */
        SupportAccessList: {
            /** @description The items of this page. */
            items: components["schemas"]["SupportAccess"][];
            nextPageToken?: components["schemas"]["PageToken"];
        };
        /** @description Which role in which organization, why, and for how long. */
        RequestSupportAccess: {
            organizationId: components["schemas"]["OrganizationId"];
            role: components["schemas"]["RoleId"];
            reason: components["schemas"]["SupportReason"];
            minutes: components["schemas"]["SupportMinutes"];
        };
        /** @description Which operator gets which role, why, and for how long. */
        OfferSupportAccess: {
            operatorId: components["schemas"]["UserId"];
            role: components["schemas"]["RoleId"];
            reason: components["schemas"]["SupportReason"];
            minutes: components["schemas"]["SupportMinutes"];
        };
        /** @description The process runs. */
        Liveness: {
            state: components["schemas"]["CheckState"];
        };
        /** @description Whether this process should get traffic, and what it looked at. */
        Readiness: {
            state: components["schemas"]["CheckState"];
            /** @description What was looked at. */
            checks: components["schemas"]["HealthCheck"][];
        };
        /**
         * @description The id of a webhook (TypeID).
         * @example whk_01h455vb4pex5vsknk084sn02q
         */
        WebhookId: string;
        /**
         * @description Where events are sent. Only https, and http into networks inside where the installation allows it (`TENET_WEBHOOK_HTTP`). Redirects are not followed.
         * @example https://billing.example.com/tenet
         */
        WebhookUrl: string;
        /** @description Which events are sent: actions of the audit log such as `invitation.accept`, or nouns such as `member` for all that is done to them. All when it is empty. The page on audit events names them; getWebhookSchema has a JSON Schema for each. */
        WebhookEventTypes: components["schemas"]["ActionName"][];
        /**
         * @description DISABLED: nothing is sent but the tests and replays that are asked for; `disabledReason` says why.
         * @enum {string}
         */
        WebhookState: "ACTIVE" | "DISABLED";
        /**
         * @description REQUESTED: a caller asked for it. FAILING: an event failed with its last attempt, about 28 hours after the first. GONE: the receiver answered 410. TOO_FAR_BEHIND: more than 100,000 events wait. KEY_LOST: the installation has lost the key of its secret, so the secret must be rotated.
         * @enum {string}
         */
        WebhookDisabledReason: "REQUESTED" | "FAILING" | "GONE" | "TOO_FAR_BEHIND" | "KEY_LOST";
        /** @description Where events of an organization are sent. */
        Webhook: {
            id: components["schemas"]["WebhookId"];
            organizationId: components["schemas"]["OrganizationId"];
            name: components["schemas"]["Name"];
            url: components["schemas"]["WebhookUrl"];
            eventTypes: components["schemas"]["WebhookEventTypes"];
            state: components["schemas"]["WebhookState"];
            disabledReason?: components["schemas"]["WebhookDisabledReason"];
            previousSecretUntil?: components["schemas"]["Timestamp"];
            createdBy: components["schemas"]["ActorName"];
            createdAt: components["schemas"]["Timestamp"];
            updatedAt: components["schemas"]["Timestamp"];
            etag: components["schemas"]["Etag"];
        };
        /** @description One page of webhooks. */
        WebhookList: {
            /** @description The items of this page. */
            items: components["schemas"]["Webhook"][];
            nextPageToken?: components["schemas"]["PageToken"];
        };
        /** @description A receiver. */
        CreateWebhook: {
            name: components["schemas"]["Name"];
            url: components["schemas"]["WebhookUrl"];
            eventTypes?: components["schemas"]["WebhookEventTypes"];
        };
        /** @description A webhook with its new secret. Keep the secret now; it is shown this once, and a replayed answer is without it. */
        CreatedWebhook: {
            id: components["schemas"]["WebhookId"];
            organizationId: components["schemas"]["OrganizationId"];
            name: components["schemas"]["Name"];
            url: components["schemas"]["WebhookUrl"];
            eventTypes: components["schemas"]["WebhookEventTypes"];
            state: components["schemas"]["WebhookState"];
            disabledReason?: components["schemas"]["WebhookDisabledReason"];
            previousSecretUntil?: components["schemas"]["Timestamp"];
            createdBy: components["schemas"]["ActorName"];
            createdAt: components["schemas"]["Timestamp"];
            updatedAt: components["schemas"]["Timestamp"];
            etag: components["schemas"]["Etag"];
            /**
             * @description What messages are signed with: whsec_ and 32 bytes in base64.
             * @example whsec_EXAMPLE
             */
            secret?: string;
        };
        /** @description What changes. */
        UpdateWebhook: {
            name?: components["schemas"]["Name"];
            url?: components["schemas"]["WebhookUrl"];
            eventTypes?: components["schemas"]["WebhookEventTypes"];
            state?: components["schemas"]["WebhookState"];
        };
        /** @description For how long messages are signed with the secret before as well. */
        RotateWebhookSecret: {
            /**
             * Format: int32
             * @description Seconds, a day when absent; 0 for a secret that may be in wrong hands.
             */
            overlapSeconds?: number;
        };
        /**
         * @description The id of an event (TypeID), which the receiver gets as `webhook-id`. Each attempt and each replay has the same.
         * @example evt_01h455vb4pex5vsknk084sn02q
         */
        WebhookDeliveryId: string;
        /**
         * @description WAITING: for its first or next attempt. DELIVERED: the receiver answered 2xx. FAILED: no attempt is left.
         * @enum {string}
         */
        WebhookDeliveryState: "WAITING" | "DELIVERED" | "FAILED";
        /**
         * @description REFUSED: an answer other than 2xx; a redirect is one. NOT_REACHED: no answer, because of its name, its address, its certificate or the way to it. TOO_SLOW: not within 10 seconds. TOO_LARGE: the answer has more than 64 KiB.
         * @enum {string}
         */
        WebhookFailure: "REFUSED" | "NOT_REACHED" | "TOO_SLOW" | "TOO_LARGE";
        /** @description One request to the receiver. */
        WebhookAttempt: {
            at: components["schemas"]["Timestamp"];
            /**
             * Format: int32
             * @description How long it took.
             */
            milliseconds: number;
            /**
             * Format: int32
             * @description The status of the answer.
             * @example 204
             */
            status?: number;
            failure?: components["schemas"]["WebhookFailure"];
        };
        /** @description One event on its way to one receiver. */
        WebhookDelivery: {
            id: components["schemas"]["WebhookDeliveryId"];
            organizationId: components["schemas"]["OrganizationId"];
            webhookId: components["schemas"]["WebhookId"];
            /**
             * @description The action of the event; `webhook.ping` of a test.
             * @example member.remove
             */
            type: string;
            sequence?: components["schemas"]["AuditSequence"];
            state: components["schemas"]["WebhookDeliveryState"];
            /** @description The last 20 attempts, in their order. */
            attempts: components["schemas"]["WebhookAttempt"][];
            nextAttemptAt?: components["schemas"]["Timestamp"];
            createdAt: components["schemas"]["Timestamp"];
            updatedAt: components["schemas"]["Timestamp"];
            etag: components["schemas"]["Etag"];
        };
        /** @description One page of deliveries. */
        WebhookDeliveryList: {
            /** @description The items of this page. */
            items: components["schemas"]["WebhookDelivery"][];
            nextPageToken?: components["schemas"]["PageToken"];
        };
        /**
         * Format: int64
         * @description How many.
         */
        AuditCount: number;
        /** @description What the plan includes. */
        AuditEntitlements: {
            /** @description Their names; absent while no plan limits the organization. */
            entitlements?: components["schemas"]["EntitlementName"][];
        };
        /** @description The state of the link. */
        AuditLinkState: {
            state: components["schemas"]["InvitationLinkState"];
        };
        /** @description Who was invited to what. */
        AuditInvitation: {
            state: components["schemas"]["InvitationState"];
            email: components["schemas"]["Email"];
            /** @description The roles that were offered in the organization. */
            roles: components["schemas"]["RoleId"][];
            /** @description The roles that were offered in projects. */
            projectRoles: components["schemas"]["ProjectRole"][];
        };
        /** @description The state of the invitation. */
        AuditInvitationState: {
            state: components["schemas"]["InvitationState"];
        };
        /** @description When the invitation and what it offers end; or in whose name it is. */
        AuditInvitationEnds: {
            expiresAt?: components["schemas"]["Timestamp"];
            until?: components["schemas"]["Timestamp"];
            invitedBy?: components["schemas"]["ActorName"];
        };
        /** @description A manifest, and which one of that name. */
        AuditManifest: {
            /** @description The kind of the manifest. */
            kind: string;
            /** @description Its namespace. */
            namespace?: string;
            /** @description Its name. */
            name: string;
            /** @description Its uid. */
            uid: string;
            cluster?: components["schemas"]["Cluster"];
        };
        /** @description The manifest that owns it. */
        AuditManaged: {
            managedBy: components["schemas"]["AuditManifest"];
        };
        /** @description The member, with the roles in projects. */
        AuditMember: components["schemas"]["Member"] & {
            /** @description The roles in projects. */
            projectRoles: components["schemas"]["ProjectRole"][];
        };
        /** @description Tokens that were issued before this count no more. */
        AuditSignOut: {
            tokensFrom: components["schemas"]["Timestamp"];
        };
        /** @description What can change of a member. */
        AuditMemberFields: {
            labels?: components["schemas"]["Labels"];
            state: components["schemas"]["MemberState"];
            /**
             * Format: name
             * @description A name for people. It starts with a visible character, which no combining mark is, and holds no control characters, no invisible ones and none that change the direction of writing. The joiners U+200C and U+200D stand alone between two characters of a word.
             */
            displayName: string | null;
        };
        /** @description Roles of the platform. */
        AuditPlatformRoles: {
            /** @description Their names. */
            roles: string[];
        };
        /** @description The state of the organization, and why it is suspended. */
        AuditSuspensions: {
            state: components["schemas"]["OrganizationState"];
            /** @description Each reason. */
            suspensions?: components["schemas"]["Suspension"][];
            managedBy?: components["schemas"]["AuditManifest"];
        };
        /** @description What became of it. */
        AuditRelease: {
            /** @description The deletion policy of the manifest: Retain, Archive or Delete. */
            policy: string;
        };
        /** @description What can change of an organization; `externals` where that changed, and `grantsRevoked` where grants ended by it. */
        AuditOrganizationFields: {
            /** @description The language of mails about the organization, as a tag of BCP 47; where no mail is written in it, and without one, that of the installation. */
            language?: string | null;
            labels?: components["schemas"]["Labels"];
            name: components["schemas"]["Name"];
            slug: components["schemas"]["Slug"];
            legalName?: components["schemas"]["LegalName"];
            description?: components["schemas"]["OrganizationDescription"];
            logoUrl?: components["schemas"]["LogoUrl"];
            alertingEmail?: components["schemas"]["ContactEmail"];
            invoicingEmail?: components["schemas"]["ContactEmail"];
            projectInvitesMayAddMembers: components["schemas"]["ProjectInvitesMayAddMembers"];
            externals?: components["schemas"]["Externals"];
            grantsRevoked?: components["schemas"]["AuditCount"];
        };
        /** @description The state of the offer and, where it was accepted, the owner. */
        AuditTransferState: {
            state: components["schemas"]["OwnershipTransferState"];
            ownerId?: components["schemas"]["UserId"];
        };
        /** @description Where a rollout was. */
        AuditRolloutStage: {
            stage: components["schemas"]["PolicyRolloutStage"];
            canary?: components["schemas"]["PolicyRolloutCanary"];
        };
        /** @description How it ended, and why. */
        AuditRolloutEnd: {
            scope: components["schemas"]["PolicyScope"];
            revision: components["schemas"]["RevisionNumber"];
            stage: components["schemas"]["PolicyRolloutStage"];
            reason: components["schemas"]["Reason"];
        };
        /** @description What can change of a project. */
        AuditProjectFields: {
            labels?: components["schemas"]["Labels"];
            name: components["schemas"]["Name"];
            slug: components["schemas"]["Slug"];
        };
        /** @description What the role is and, from then on, the revision of the organization's policy that says so. */
        AuditRole: {
            /** @description Its name for people. */
            title: string;
            /** @description What it is for. */
            description: string;
            tier: components["schemas"]["RoleId"];
            permissions: components["schemas"]["PermissionNames"];
            managedBy?: components["schemas"]["ManagedBy"];
            revision?: components["schemas"]["RevisionNumber"];
        };
        /** @description The value of an organization, or of the project or the member that is named; none where there is none. */
        AuditSetting: {
            projectId?: components["schemas"]["ProjectId"];
            userId?: components["schemas"]["UserId"];
            value?: components["schemas"]["SettingValue"];
            /** @description Whether it is locked. */
            isLocked?: boolean;
        };
        /** @description The state of the access and, once it is approved, its end. */
        AuditSupportState: {
            state: components["schemas"]["SupportAccessState"];
            until?: components["schemas"]["Timestamp"];
        };
        /** @description Whether a user is suspended, and why. */
        AuditUserState: {
            state: components["schemas"]["UserState"];
            suspension?: components["schemas"]["UserSuspension"];
        };
        /** @description The address and name by the identity provider; or the name that the user chose. */
        AuditUserFields: {
            /** @description The verified address; null when there is none. */
            email?: string | null;
            /** @description The name by the identity provider. */
            name?: string | null;
            /**
             * Format: name
             * @description A name for people. It starts with a visible character, which no combining mark is, and holds no control characters, no invisible ones and none that change the direction of writing. The joiners U+200C and U+200D stand alone between two characters of a word.
             */
            displayName?: string | null;
        };
    };
    responses: {
        /** @description Any other failure; or, with `validateOnly`, the plan, as 200. */
        PlanOrFailure: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                traceparent: components["headers"]["Traceparent"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "https://tenet.dev/problems/internal",
                 *       "title": "Tenet failed",
                 *       "status": 500,
                 *       "detail": "This is a fault of the server. Nothing was changed. Give the requestId to the operators of this installation.",
                 *       "instance": "urn:tenet:request:req_01h455vb4pex5vsknk084sn02q",
                 *       "code": "internal",
                 *       "requestId": "req_01h455vb4pex5vsknk084sn02q"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
                "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
            };
        };
        /** @description The request does not fit the contract. */
        BadRequest: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                traceparent: components["headers"]["Traceparent"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "https://tenet.dev/problems/invalid-input",
                 *       "title": "The input is not valid",
                 *       "status": 400,
                 *       "detail": "The request does not fit the contract.",
                 *       "instance": "urn:tenet:request:req_01h455vb4pex5vsknk084sn02q",
                 *       "code": "invalid-input",
                 *       "requestId": "req_01h455vb4pex5vsknk084sn02q",
                 *       "errors": [
                 *         {
                 *           "pointer": "#/name",
                 *           "detail": "is required"
                 *         }
                 *       ]
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description No credential, or one that does not hold. */
        Unauthenticated: {
            headers: {
                "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                "X-Request-Id": components["headers"]["RequestId"];
                traceparent: components["headers"]["Traceparent"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "https://tenet.dev/problems/unauthenticated",
                 *       "title": "Authentication is needed",
                 *       "status": 401,
                 *       "detail": "A valid bearer token is needed.",
                 *       "instance": "urn:tenet:request:req_01h455vb4pex5vsknk084sn02q",
                 *       "code": "unauthenticated",
                 *       "requestId": "req_01h455vb4pex5vsknk084sn02q"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The policy does not allow it, a state such as `organization-suspended` denies it, or a hard limit is reached (`limit-exceeded`). */
        PermissionDenied: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                traceparent: components["headers"]["Traceparent"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "https://tenet.dev/problems/permission-denied",
                 *       "title": "Permission denied",
                 *       "status": 403,
                 *       "detail": "You do not have the permission project:create here.",
                 *       "instance": "urn:tenet:request:req_01h455vb4pex5vsknk084sn02q",
                 *       "code": "permission-denied",
                 *       "requestId": "req_01h455vb4pex5vsknk084sn02q",
                 *       "requiredPermission": "project:create",
                 *       "decisionId": "dec_01h455vb4pex5vsknk084sn02q"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The Accept header leaves nothing to answer with. */
        NotAcceptable: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                traceparent: components["headers"]["Traceparent"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "https://tenet.dev/problems/not-acceptable",
                 *       "title": "No acceptable representation",
                 *       "status": 406,
                 *       "detail": "This operation answers with application/json.",
                 *       "instance": "urn:tenet:request:req_01h455vb4pex5vsknk084sn02q",
                 *       "code": "not-acceptable",
                 *       "requestId": "req_01h455vb4pex5vsknk084sn02q"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The present state does not admit it. */
        Conflict: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                traceparent: components["headers"]["Traceparent"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "https://tenet.dev/problems/already-exists",
                 *       "title": "It exists already",
                 *       "status": 409,
                 *       "detail": "The slug acme is taken.",
                 *       "instance": "urn:tenet:request:req_01h455vb4pex5vsknk084sn02q",
                 *       "code": "already-exists",
                 *       "requestId": "req_01h455vb4pex5vsknk084sn02q"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is too large. */
        PayloadTooLarge: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                traceparent: components["headers"]["Traceparent"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "https://tenet.dev/problems/payload-too-large",
                 *       "title": "The body is too large",
                 *       "status": 413,
                 *       "detail": "The body may hold 1048576 bytes.",
                 *       "instance": "urn:tenet:request:req_01h455vb4pex5vsknk084sn02q",
                 *       "code": "payload-too-large",
                 *       "requestId": "req_01h455vb4pex5vsknk084sn02q"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body has a type that the operation does not take. */
        UnsupportedMediaType: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                traceparent: components["headers"]["Traceparent"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "https://tenet.dev/problems/unsupported-media-type",
                 *       "title": "Unsupported media type",
                 *       "status": 415,
                 *       "detail": "This operation takes application/json; say so in Content-Type.",
                 *       "instance": "urn:tenet:request:req_01h455vb4pex5vsknk084sn02q",
                 *       "code": "unsupported-media-type",
                 *       "requestId": "req_01h455vb4pex5vsknk084sn02q"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The Idempotency-Key was used for another request. */
        IdempotencyKeyReused: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                traceparent: components["headers"]["Traceparent"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "https://tenet.dev/problems/idempotency-key-reused",
                 *       "title": "The idempotency key belongs to another request",
                 *       "status": 422,
                 *       "detail": "This Idempotency-Key was used with another body.",
                 *       "instance": "urn:tenet:request:req_01h455vb4pex5vsknk084sn02q",
                 *       "code": "idempotency-key-reused",
                 *       "requestId": "req_01h455vb4pex5vsknk084sn02q"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Too many requests. */
        RateLimited: {
            headers: {
                "Retry-After": components["headers"]["RetryAfter"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                "X-Request-Id": components["headers"]["RequestId"];
                traceparent: components["headers"]["Traceparent"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "https://tenet.dev/problems/rate-limited",
                 *       "title": "Too many requests",
                 *       "status": 429,
                 *       "detail": "Wait 12 seconds.",
                 *       "instance": "urn:tenet:request:req_01h455vb4pex5vsknk084sn02q",
                 *       "code": "rate-limited",
                 *       "requestId": "req_01h455vb4pex5vsknk084sn02q"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description A part that Tenet needs does not answer. */
        Unavailable: {
            headers: {
                "Retry-After": components["headers"]["RetryAfter"];
                "X-Request-Id": components["headers"]["RequestId"];
                traceparent: components["headers"]["Traceparent"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "https://tenet.dev/problems/unavailable",
                 *       "title": "Unavailable for now",
                 *       "status": 503,
                 *       "detail": "The database does not answer.",
                 *       "instance": "urn:tenet:request:req_01h455vb4pex5vsknk084sn02q",
                 *       "code": "unavailable",
                 *       "requestId": "req_01h455vb4pex5vsknk084sn02q"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Any other failure. */
        Failure: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                traceparent: components["headers"]["Traceparent"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "https://tenet.dev/problems/internal",
                 *       "title": "Tenet failed",
                 *       "status": 500,
                 *       "detail": "This is a fault of the server. Nothing was changed. Give the requestId to the operators of this installation.",
                 *       "instance": "urn:tenet:request:req_01h455vb4pex5vsknk084sn02q",
                 *       "code": "internal",
                 *       "requestId": "req_01h455vb4pex5vsknk084sn02q"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description You have the present version already. */
        NotModified: {
            headers: {
                ETag: components["headers"]["ETag"];
                "X-Request-Id": components["headers"]["RequestId"];
                traceparent: components["headers"]["Traceparent"];
                [name: string]: unknown;
            };
            content?: never;
        };
        /** @description It does not exist, or you may not see it. */
        NotFound: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                traceparent: components["headers"]["Traceparent"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "https://tenet.dev/problems/not-found",
                 *       "title": "Not found",
                 *       "status": 404,
                 *       "detail": "There is no such resource, or you may not see it.",
                 *       "instance": "urn:tenet:request:req_01h455vb4pex5vsknk084sn02q",
                 *       "code": "not-found",
                 *       "requestId": "req_01h455vb4pex5vsknk084sn02q"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description If-Match names another version, or If-None-Match the present one. */
        VersionMismatch: {
            headers: {
                ETag: components["headers"]["ETag"];
                "X-Request-Id": components["headers"]["RequestId"];
                traceparent: components["headers"]["Traceparent"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "https://tenet.dev/problems/version-mismatch",
                 *       "title": "It has changed since you read it",
                 *       "status": 412,
                 *       "detail": "It has changed since you read it. Read it again and repeat your change.",
                 *       "instance": "urn:tenet:request:req_01h455vb4pex5vsknk084sn02q",
                 *       "code": "version-mismatch",
                 *       "requestId": "req_01h455vb4pex5vsknk084sn02q",
                 *       "etag": "\"8\""
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description What was typed as confirmation is something else (`confirmation-mismatch`), or the Idempotency-Key was used for another request (`idempotency-key-reused`). */
        NotConfirmed: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                traceparent: components["headers"]["Traceparent"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "https://tenet.dev/problems/confirmation-mismatch",
                 *       "title": "The confirmation does not match",
                 *       "status": 422,
                 *       "detail": "This has to be confirmed: send the name of the organization as confirmation. Nothing was changed.",
                 *       "instance": "urn:tenet:request:req_01h455vb4pex5vsknk084sn02q",
                 *       "code": "confirmation-mismatch",
                 *       "requestId": "req_01h455vb4pex5vsknk084sn02q",
                 *       "errors": [
                 *         {
                 *           "pointer": "#/confirmation",
                 *           "detail": "must be the name of the organization"
                 *         }
                 *       ]
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description If-Match is required. */
        PreconditionRequired: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                traceparent: components["headers"]["Traceparent"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "https://tenet.dev/problems/precondition-required",
                 *       "title": "If-Match is required",
                 *       "status": 428,
                 *       "detail": "Send the ETag of what you read in If-Match.",
                 *       "instance": "urn:tenet:request:req_01h455vb4pex5vsknk084sn02q",
                 *       "code": "precondition-required",
                 *       "requestId": "req_01h455vb4pex5vsknk084sn02q"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: {
        /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
        IdempotencyKey: string;
        /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
        ValidateOnly: boolean;
        /** @description The access plan. */
        AccessPlanId: components["schemas"]["AccessPlanId"];
        /** @description The ETags that you have already; the answer is 304 while one of them is the present version. */
        IfNoneMatch: components["schemas"]["IfMatch"];
        /** @description Rows of this effect alone. */
        AccessPlanEffectFilter: components["schemas"]["AccessPlanEffectNumber"];
        /** @description Rows of this organization alone. */
        AccessPlanOrganizationFilter: components["schemas"]["OrganizationId"];
        /** @description Parts of rows that name this user, service account or API key. */
        AccessPlanSubjectFilter: components["schemas"]["AccessPlanSubjectId"];
        /** @description How many items at most. */
        PageSize: number;
        /** @description nextPageToken of the page before, with the same filters. */
        PageToken: components["schemas"]["PageToken"];
        /** @description The invitation. */
        InvitationId: components["schemas"]["InvitationId"];
        /** @description The organization. */
        OrganizationId: components["schemas"]["OrganizationId"];
        /** @description Only those whose labels it matches, in the grammar of Kubernetes: `env=prod,tier!=web,region in (eu,us),team notin (a),owner,!legacy`, with 16 requirements at most. `!=` and `notin` hold for what has no such label too. */
        LabelSelector: components["schemas"]["LabelSelector"];
        /** @description Only those whose name or e-mail address begins with this, in whatever case. */
        MemberSearch: string;
        /** @description Only those in this state. */
        MemberStateFilter: components["schemas"]["MemberState"];
        /** @description Only those with this role. */
        RoleFilter: components["schemas"]["RoleId"];
        /** @description What the members are sorted by; by their ids when it is absent. Names and addresses are compared without regard to case, and those without one come first, as do those who were never seen. */
        MemberOrder: "name" | "email" | "joinedAt" | "lastSeenAt";
        /** @description The direction of orderBy; ascending when it is absent. */
        Order: "asc" | "desc";
        /** @description The user. */
        UserId: components["schemas"]["UserId"];
        /** @description The ETag of what you read; another version is refused with 412. */
        IfMatch: components["schemas"]["IfMatch"];
        /** @description Only those of whom this is so. */
        MfaCoverageFilter: components["schemas"]["MfaCoverageState"];
        /** @description Only those in this state. */
        InvitationStateFilter: components["schemas"]["InvitationState"];
        /** @description The project. */
        ProjectId: components["schemas"]["ProjectId"];
        /** @description The role. */
        RoleId: components["schemas"]["RoleId"];
        /** @description The role that takes the place of the deleted one. */
        Successor: components["schemas"]["RoleId"];
        /** @description The role template. */
        RoleTemplateId: components["schemas"]["RoleTemplateId"];
        /** @description Only those of this subject. */
        SubjectIdFilter: components["schemas"]["SubjectId"];
        /** @description The grant. */
        GrantId: components["schemas"]["GrantId"];
        /** @description Only those in this state. */
        InvitationLinkStateFilter: components["schemas"]["InvitationLinkState"];
        /** @description The link. */
        InvitationLinkId: components["schemas"]["InvitationLinkId"];
        /** @description Only what this actor did: a user or service account, all of their keys included (`user_...`), one key (`key_...`), or a manifest. */
        ActorFilter: components["schemas"]["ActorName"];
        /** @description Only this action (`invitation.create`), or all actions of a noun (`invitation`). */
        ActionFilter: components["schemas"]["ActionName"];
        /** @description Only what was done to this, for example `grant_...`. */
        TargetFilter: components["schemas"]["TargetName"];
        /** @description Only what happened in this project. */
        ProjectFilter: components["schemas"]["ProjectId"];
        /** @description Only what this request did. */
        RequestFilter: components["schemas"]["RequestId"];
        /** @description Only this outcome. */
        OutcomeFilter: components["schemas"]["AuditOutcome"];
        /** @description Only at or after this time. */
        SinceFilter: components["schemas"]["Timestamp"];
        /** @description Only before this time. */
        BeforeFilter: components["schemas"]["Timestamp"];
        /** @description The log of this organization, which was purged, instead of the platform's own. */
        PurgedFilter: components["schemas"]["OrganizationId"];
        /** @description `fully_consistent` reads every grant now; `minimize_latency` may answer from what was known a moment ago. */
        Consistency: "fully_consistent" | "minimize_latency";
        /** @description The service account. */
        ServiceAccountId: components["schemas"]["ServiceAccountId"];
        /** @description Only those of this kind. */
        KeyTypeFilter: components["schemas"]["ApiKeyType"];
        /** @description Only those in this state. */
        KeyStateFilter: components["schemas"]["ApiKeyState"];
        /** @description Only those that have not been used for so many days; one that was never used counts from when it was made. */
        UnusedForFilter: components["schemas"]["Days"];
        /** @description Only those that were made before this time. */
        CreatedBeforeFilter: components["schemas"]["Timestamp"];
        /** @description Only active ones that should have a new secret for this reason. */
        RotationDueFilter: components["schemas"]["RotationReason"];
        /** @description What they are sorted by; those that were never used come before the others. */
        KeyOrderBy: "createdAt" | "lastUsedAt";
        /** @description Whether the first is the least or the most. */
        KeyOrder: "asc" | "desc";
        /** @description The API key. */
        ApiKeyId: components["schemas"]["ApiKeyId"];
        /** @description The ETag of what you read. Without it the answer is 428; another version is refused with 412. */
        RequiredIfMatch: components["schemas"]["IfMatch"];
        /** @description The export. */
        ExportId: components["schemas"]["ExportId"];
        /** @description Only the one with this slug. */
        SlugFilter: components["schemas"]["Slug"];
        /** @description Only organizations of this kind. */
        KindFilter: components["schemas"]["OrganizationKind"];
        /** @description Only organizations in this state. */
        StateFilter: components["schemas"]["OrganizationState"];
        /** @description Only projects in this state; without it, those that are there. */
        ProjectStateFilter: components["schemas"]["ProjectState"];
        /** @description Only those in this state. */
        TransferStateFilter: components["schemas"]["OwnershipTransferState"];
        /** @description The ownership transfer. */
        TransferId: components["schemas"]["TransferId"];
        /** @description Only those whose name or e-mail address begins with this, in whatever case. */
        UserSearch: string;
        /** @description Only those in this state. */
        UserStateFilter: components["schemas"]["UserState"];
        /** @description Only those who hold this role of the platform. */
        PlatformRoleFilter: components["schemas"]["PlatformRole"];
        /** @description The blueprint. */
        BlueprintName: components["schemas"]["BlueprintName"];
        /** @description The policy scope. */
        Scope: components["schemas"]["PolicyScope"];
        /** @description The number of the revision. */
        Revision: components["schemas"]["RevisionNumber"];
        /** @description The decision. */
        DecisionId: components["schemas"]["DecisionId"];
        /** @description The rollout. */
        RolloutId: components["schemas"]["PolicyRolloutId"];
        /** @description The policy store. */
        PolicyStoreId: components["schemas"]["PolicyStoreId"];
        /** @description Entities of this type alone. */
        EntityTypeFilter: components["schemas"]["EntityTypeName"];
        /** @description The type of the entity. */
        EntityType: components["schemas"]["EntityTypeName"];
        /** @description The id of the entity. */
        EntityId: components["schemas"]["EntityName"];
        /** @description A resource type of this kind of organization, such as `connection`. Any other name is 404. */
        ResourceTypeName: string;
        /** @description Only those whose name begins with this, in upper or lower case. */
        ResourceNameSearch: string;
        /** @description What the resources are sorted by; by when they were made when it is absent. Names are compared without regard to case. */
        ResourceOrder: "name" | "createdAt";
        /** @description The resource. */
        ResourceId: components["schemas"]["ResourceId"];
        /** @description The restriction. */
        RestrictionId: components["schemas"]["RestrictionId"];
        /** @description The setting, as its blueprint calls it. */
        SettingKey: components["schemas"]["SettingKey"];
        /** @description Only those in this state. */
        SupportAccessStateFilter: components["schemas"]["SupportAccessState"];
        /** @description The support access. */
        SupportAccessId: components["schemas"]["SupportAccessId"];
        /** @description A name that /docs holds. */
        Asset: string;
        /** @description Brotli (br) is sent where it is taken. */
        AcceptEncoding: string;
        /** @description The kind of problem. */
        Slug: components["schemas"]["Slug"];
        /** @description The webhook. */
        WebhookId: components["schemas"]["WebhookId"];
        /** @description Deliveries in this state alone. */
        WebhookDeliveryStateFilter: components["schemas"]["WebhookDeliveryState"];
        /** @description The delivery. */
        WebhookDeliveryId: components["schemas"]["WebhookDeliveryId"];
    };
    requestBodies: never;
    headers: {
        /** @description Where the new resource is. */
        Location: string;
        /** @description `true` when this is the stored reply to an earlier request with the same Idempotency-Key. */
        IdempotentReplayed: string;
        /** @description How to authenticate (RFC 6750), or what the sign-in lacks (RFC 9470). */
        WwwAuthenticate: string;
        /** @description Seconds to wait. */
        RetryAfter: number;
        /**
         * @description How many requests a key of a limited kind may still send in each window, as this replica knows it, and in how many seconds the next one begins. It is on every answer to such a key.
         * @example "per-minute";r=50;t=30
         */
        RateLimit: string;
        /**
         * @description How many requests a key of a limited kind may send in each window of so many seconds. It is on every answer to such a key.
         * @example "per-minute";q=60;w=60
         */
        RateLimitPolicy: string;
        /** @description The version, for If-Match. */
        ETag: string;
        /** @description The id of the request: the one that was sent, or a new one. The logs and the audit log have both. */
        RequestId: components["schemas"]["RequestId"];
        /** @description The trace that the request belongs to (W3C Trace Context). */
        Traceparent: string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    createAccessPlan: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateAccessPlan"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccessPlan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["PlanOrFailure"];
        };
    };
    getAccessPlan: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETags that you have already; the answer is 304 while one of them is the present version. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description The access plan. */
                accessPlanId: components["parameters"]["AccessPlanId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccessPlan"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["VersionMismatch"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    applyAccessPlan: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The access plan. */
                accessPlanId: components["parameters"]["AccessPlanId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApplyAccessPlan"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppliedAccessPlan"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    listAccessPlanRows: {
        parameters: {
            query?: {
                /** @description Rows of this effect alone. */
                effect?: components["parameters"]["AccessPlanEffectFilter"];
                /** @description Rows of this organization alone. */
                organizationId?: components["parameters"]["AccessPlanOrganizationFilter"];
                /** @description Parts of rows that name this user, service account or API key. */
                subjectId?: components["parameters"]["AccessPlanSubjectFilter"];
                /** @description How many items at most. */
                pageSize?: components["parameters"]["PageSize"];
                /** @description nextPageToken of the page before, with the same filters. */
                pageToken?: components["parameters"]["PageToken"];
            };
            header?: never;
            path: {
                /** @description The access plan. */
                accessPlanId: components["parameters"]["AccessPlanId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccessPlanRowList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    downloadPolicySnapshot: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/gzip": string;
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    listMyInvitations: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                pageSize?: components["parameters"]["PageSize"];
                /** @description nextPageToken of the page before, with the same filters. */
                pageToken?: components["parameters"]["PageToken"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MyInvitationList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    acceptInvitation: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The invitation. */
                invitationId: components["parameters"]["InvitationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Member"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    declineInvitation: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The invitation. */
                invitationId: components["parameters"]["InvitationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is no body. */
            204: {
                headers: {
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["PlanOrFailure"];
        };
    };
    acceptInvitationByToken: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AcceptInvitation"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Member"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    previewInvitation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AcceptInvitation"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvitationPreview"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    listMembers: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                pageSize?: components["parameters"]["PageSize"];
                /** @description nextPageToken of the page before, with the same filters. */
                pageToken?: components["parameters"]["PageToken"];
                /** @description Only those whose labels it matches, in the grammar of Kubernetes: `env=prod,tier!=web,region in (eu,us),team notin (a),owner,!legacy`, with 16 requirements at most. `!=` and `notin` hold for what has no such label too. */
                labelSelector?: components["parameters"]["LabelSelector"];
                /** @description Only those whose name or e-mail address begins with this, in whatever case. */
                q?: components["parameters"]["MemberSearch"];
                /** @description Only those in this state. */
                state?: components["parameters"]["MemberStateFilter"];
                /** @description Only those with this role. */
                role?: components["parameters"]["RoleFilter"];
                /** @description What the members are sorted by; by their ids when it is absent. Names and addresses are compared without regard to case, and those without one come first, as do those who were never seen. */
                orderBy?: components["parameters"]["MemberOrder"];
                /** @description The direction of orderBy; ascending when it is absent. */
                order?: components["parameters"]["Order"];
            };
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MemberList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    getMember: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETags that you have already; the answer is 304 while one of them is the present version. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The user. */
                userId: components["parameters"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Member"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["VersionMismatch"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    updateMember: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description The ETag of what you read; another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The user. */
                userId: components["parameters"]["UserId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateMember"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Member"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["VersionMismatch"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    getMemberCapabilities: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The user. */
                userId: components["parameters"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MemberCapabilities"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    removeMember: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description The ETag of what you read; another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The user. */
                userId: components["parameters"]["UserId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RemoveMember"];
            };
        };
        responses: {
            /** @description Done; there is no body. */
            204: {
                headers: {
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["VersionMismatch"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["NotConfirmed"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["PlanOrFailure"];
        };
    };
    leaveOrganization: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LeaveOrganization"];
            };
        };
        responses: {
            /** @description Done; there is no body. */
            204: {
                headers: {
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["NotConfirmed"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["PlanOrFailure"];
        };
    };
    signOutMember: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The user. */
                userId: components["parameters"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignOut"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    getMfaRequirement: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETags that you have already; the answer is 304 while one of them is the present version. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MfaRequirement"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["VersionMismatch"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    replaceMfaRequirement: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description The ETag of what you read; another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReplaceMfaRequirement"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MfaRequirement"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["VersionMismatch"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    getMfaCoverage: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                pageSize?: components["parameters"]["PageSize"];
                /** @description nextPageToken of the page before, with the same filters. */
                pageToken?: components["parameters"]["PageToken"];
                /** @description Only those of whom this is so. */
                state?: components["parameters"]["MfaCoverageFilter"];
            };
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MfaCoverageList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    listInvitations: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                pageSize?: components["parameters"]["PageSize"];
                /** @description nextPageToken of the page before, with the same filters. */
                pageToken?: components["parameters"]["PageToken"];
                /** @description Only those in this state. */
                state?: components["parameters"]["InvitationStateFilter"];
            };
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvitationList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    createInvitations: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateInvitations"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedInvitations"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["PlanOrFailure"];
        };
    };
    getInvitation: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETags that you have already; the answer is 304 while one of them is the present version. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The invitation. */
                invitationId: components["parameters"]["InvitationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Invitation"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["VersionMismatch"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    resendInvitation: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The invitation. */
                invitationId: components["parameters"]["InvitationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Invitation"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    revokeInvitation: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description The ETag of what you read; another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The invitation. */
                invitationId: components["parameters"]["InvitationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Invitation"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["VersionMismatch"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    listProjectInvitations: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                pageSize?: components["parameters"]["PageSize"];
                /** @description nextPageToken of the page before, with the same filters. */
                pageToken?: components["parameters"]["PageToken"];
                /** @description Only those in this state. */
                state?: components["parameters"]["InvitationStateFilter"];
            };
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvitationList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    createProjectInvitations: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateProjectInvitations"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedInvitations"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["PlanOrFailure"];
        };
    };
    getProjectInvitation: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETags that you have already; the answer is 304 while one of them is the present version. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
                /** @description The invitation. */
                invitationId: components["parameters"]["InvitationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Invitation"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["VersionMismatch"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    resendProjectInvitation: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
                /** @description The invitation. */
                invitationId: components["parameters"]["InvitationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Invitation"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    revokeProjectInvitation: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description The ETag of what you read; another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
                /** @description The invitation. */
                invitationId: components["parameters"]["InvitationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Invitation"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["VersionMismatch"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    listRoles: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                pageSize?: components["parameters"]["PageSize"];
                /** @description nextPageToken of the page before, with the same filters. */
                pageToken?: components["parameters"]["PageToken"];
            };
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoleList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    createRole: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateRole"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Role"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["PlanOrFailure"];
        };
    };
    getRole: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The role. */
                roleId: components["parameters"]["RoleId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Role"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    replaceRole: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description The ETag of what you read; another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The role. */
                roleId: components["parameters"]["RoleId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReplaceRole"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Role"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["VersionMismatch"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    deleteRole: {
        parameters: {
            query?: {
                /** @description The role that takes the place of the deleted one. */
                successor?: components["parameters"]["Successor"];
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description The ETag of what you read; another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The role. */
                roleId: components["parameters"]["RoleId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is no body. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["VersionMismatch"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["PlanOrFailure"];
        };
    };
    listPermissionGroups: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                pageSize?: components["parameters"]["PageSize"];
                /** @description nextPageToken of the page before, with the same filters. */
                pageToken?: components["parameters"]["PageToken"];
            };
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PermissionGroupList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    listRolePresets: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                pageSize?: components["parameters"]["PageSize"];
                /** @description nextPageToken of the page before, with the same filters. */
                pageToken?: components["parameters"]["PageToken"];
            };
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RolePresetList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    listRoleTemplates: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                pageSize?: components["parameters"]["PageSize"];
                /** @description nextPageToken of the page before, with the same filters. */
                pageToken?: components["parameters"]["PageToken"];
            };
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoleTemplateList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    createRoleTemplate: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WriteRoleTemplate"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoleTemplate"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["PlanOrFailure"];
        };
    };
    getRoleTemplate: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETags that you have already; the answer is 304 while one of them is the present version. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The role template. */
                roleTemplateId: components["parameters"]["RoleTemplateId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoleTemplate"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["VersionMismatch"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    replaceRoleTemplate: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description The ETag of what you read; another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The role template. */
                roleTemplateId: components["parameters"]["RoleTemplateId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WriteRoleTemplate"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoleTemplate"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["VersionMismatch"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    deleteRoleTemplate: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description The ETag of what you read; another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The role template. */
                roleTemplateId: components["parameters"]["RoleTemplateId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is no body. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["VersionMismatch"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["PlanOrFailure"];
        };
    };
    listGrants: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                pageSize?: components["parameters"]["PageSize"];
                /** @description nextPageToken of the page before, with the same filters. */
                pageToken?: components["parameters"]["PageToken"];
                /** @description Only those of this subject. */
                subjectId?: components["parameters"]["SubjectIdFilter"];
                /** @description Only those with this role. */
                role?: components["parameters"]["RoleFilter"];
            };
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GrantList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    createGrant: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateGrant"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Grant"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["PlanOrFailure"];
        };
    };
    revokeGrant: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The grant. */
                grantId: components["parameters"]["GrantId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is no body. */
            204: {
                headers: {
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["PlanOrFailure"];
        };
    };
    listProjectGrants: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                pageSize?: components["parameters"]["PageSize"];
                /** @description nextPageToken of the page before, with the same filters. */
                pageToken?: components["parameters"]["PageToken"];
                /** @description Only those of this subject. */
                subjectId?: components["parameters"]["SubjectIdFilter"];
                /** @description Only those with this role. */
                role?: components["parameters"]["RoleFilter"];
            };
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GrantList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    createProjectGrant: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateGrant"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Grant"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["PlanOrFailure"];
        };
    };
    revokeProjectGrant: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
                /** @description The grant. */
                grantId: components["parameters"]["GrantId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is no body. */
            204: {
                headers: {
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["PlanOrFailure"];
        };
    };
    getAccessReport: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                pageSize?: components["parameters"]["PageSize"];
                /** @description nextPageToken of the page before, with the same filters. */
                pageToken?: components["parameters"]["PageToken"];
            };
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccessReport"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    getProjectAccessReport: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                pageSize?: components["parameters"]["PageSize"];
                /** @description nextPageToken of the page before, with the same filters. */
                pageToken?: components["parameters"]["PageToken"];
            };
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccessReport"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    listInvitationLinks: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                pageSize?: components["parameters"]["PageSize"];
                /** @description nextPageToken of the page before, with the same filters. */
                pageToken?: components["parameters"]["PageToken"];
                /** @description Only those in this state. */
                state?: components["parameters"]["InvitationLinkStateFilter"];
            };
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvitationLinkList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    createInvitationLink: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateInvitationLink"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedInvitationLink"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["PlanOrFailure"];
        };
    };
    getInvitationLink: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETags that you have already; the answer is 304 while one of them is the present version. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The link. */
                invitationLinkId: components["parameters"]["InvitationLinkId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvitationLink"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["VersionMismatch"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    revokeInvitationLink: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description The ETag of what you read; another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The link. */
                invitationLinkId: components["parameters"]["InvitationLinkId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvitationLink"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["VersionMismatch"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    listProjectInvitationLinks: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                pageSize?: components["parameters"]["PageSize"];
                /** @description nextPageToken of the page before, with the same filters. */
                pageToken?: components["parameters"]["PageToken"];
                /** @description Only those in this state. */
                state?: components["parameters"]["InvitationLinkStateFilter"];
            };
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvitationLinkList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    createProjectInvitationLink: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateProjectInvitationLink"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedInvitationLink"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["PlanOrFailure"];
        };
    };
    getProjectInvitationLink: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETags that you have already; the answer is 304 while one of them is the present version. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
                /** @description The link. */
                invitationLinkId: components["parameters"]["InvitationLinkId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvitationLink"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["VersionMismatch"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    revokeProjectInvitationLink: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description The ETag of what you read; another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
                /** @description The link. */
                invitationLinkId: components["parameters"]["InvitationLinkId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvitationLink"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["VersionMismatch"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    listAuditEvents: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                pageSize?: components["parameters"]["PageSize"];
                /** @description nextPageToken of the page before, with the same filters. */
                pageToken?: components["parameters"]["PageToken"];
                /** @description Only what this actor did: a user or service account, all of their keys included (`user_...`), one key (`key_...`), or a manifest. */
                actor?: components["parameters"]["ActorFilter"];
                /** @description Only this action (`invitation.create`), or all actions of a noun (`invitation`). */
                action?: components["parameters"]["ActionFilter"];
                /** @description Only what was done to this, for example `grant_...`. */
                target?: components["parameters"]["TargetFilter"];
                /** @description Only what happened in this project. */
                projectId?: components["parameters"]["ProjectFilter"];
                /** @description Only what this request did. */
                requestId?: components["parameters"]["RequestFilter"];
                /** @description Only this outcome. */
                outcome?: components["parameters"]["OutcomeFilter"];
                /** @description Only at or after this time. */
                since?: components["parameters"]["SinceFilter"];
                /** @description Only before this time. */
                before?: components["parameters"]["BeforeFilter"];
            };
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditEventList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    verifyAuditLog: {
        parameters: {
            query?: {
                /** @description nextPageToken of the page before, with the same filters. */
                pageToken?: components["parameters"]["PageToken"];
            };
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditVerification"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    listPlatformAuditEvents: {
        parameters: {
            query?: {
                /** @description The log of this organization, which was purged, instead of the platform's own. */
                organizationId?: components["parameters"]["PurgedFilter"];
                /** @description How many items at most. */
                pageSize?: components["parameters"]["PageSize"];
                /** @description nextPageToken of the page before, with the same filters. */
                pageToken?: components["parameters"]["PageToken"];
                /** @description Only what this actor did: a user or service account, all of their keys included (`user_...`), one key (`key_...`), or a manifest. */
                actor?: components["parameters"]["ActorFilter"];
                /** @description Only this action (`invitation.create`), or all actions of a noun (`invitation`). */
                action?: components["parameters"]["ActionFilter"];
                /** @description Only what was done to this, for example `grant_...`. */
                target?: components["parameters"]["TargetFilter"];
                /** @description Only what happened in this project. */
                projectId?: components["parameters"]["ProjectFilter"];
                /** @description Only what this request did. */
                requestId?: components["parameters"]["RequestFilter"];
                /** @description Only this outcome. */
                outcome?: components["parameters"]["OutcomeFilter"];
                /** @description Only at or after this time. */
                since?: components["parameters"]["SinceFilter"];
                /** @description Only before this time. */
                before?: components["parameters"]["BeforeFilter"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditEventList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    verifyPlatformAuditLog: {
        parameters: {
            query?: {
                /** @description The log of this organization, which was purged, instead of the platform's own. */
                organizationId?: components["parameters"]["PurgedFilter"];
                /** @description nextPageToken of the page before, with the same filters. */
                pageToken?: components["parameters"]["PageToken"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditVerification"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    evaluate: {
        parameters: {
            query?: never;
            header?: {
                /** @description `fully_consistent` reads every grant now; `minimize_latency` may answer from what was known a moment ago. */
                "Tenet-Consistency"?: components["parameters"]["Consistency"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EvaluationRequest"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EvaluationResponse"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            406: components["responses"]["NotAcceptable"];
            413: components["responses"]["PayloadTooLarge"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    evaluateMany: {
        parameters: {
            query?: never;
            header?: {
                /** @description `fully_consistent` reads every grant now; `minimize_latency` may answer from what was known a moment ago. */
                "Tenet-Consistency"?: components["parameters"]["Consistency"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EvaluationsRequest"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EvaluationsResponse"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            406: components["responses"]["NotAcceptable"];
            413: components["responses"]["PayloadTooLarge"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    searchSubjects: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SubjectSearch"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubjectSearchResponse"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            406: components["responses"]["NotAcceptable"];
            413: components["responses"]["PayloadTooLarge"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    searchResources: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ResourceSearch"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ResourceSearchResponse"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            406: components["responses"]["NotAcceptable"];
            413: components["responses"]["PayloadTooLarge"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    searchActions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ActionSearch"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionSearchResponse"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            406: components["responses"]["NotAcceptable"];
            413: components["responses"]["PayloadTooLarge"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    getAuthzenConfiguration: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuthzenConfiguration"];
                };
            };
            default: components["responses"]["Failure"];
        };
    };
    getSigningKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SigningKeys"];
                };
            };
            default: components["responses"]["Failure"];
        };
    };
    evaluateInOrganization: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EvaluationRequest"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EvaluationResponse"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            406: components["responses"]["NotAcceptable"];
            413: components["responses"]["PayloadTooLarge"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    evaluateManyInOrganization: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EvaluationsRequest"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EvaluationsResponse"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            406: components["responses"]["NotAcceptable"];
            413: components["responses"]["PayloadTooLarge"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    searchSubjectsInOrganization: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SubjectSearch"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubjectSearchResponse"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            406: components["responses"]["NotAcceptable"];
            413: components["responses"]["PayloadTooLarge"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    searchResourcesInOrganization: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ResourceSearch"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ResourceSearchResponse"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            406: components["responses"]["NotAcceptable"];
            413: components["responses"]["PayloadTooLarge"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    searchActionsInOrganization: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ActionSearch"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionSearchResponse"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            406: components["responses"]["NotAcceptable"];
            413: components["responses"]["PayloadTooLarge"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    getOrganizationAuthzenConfiguration: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuthzenConfiguration"];
                };
            };
            400: components["responses"]["BadRequest"];
            default: components["responses"]["Failure"];
        };
    };
    getBillingProfile: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETags that you have already; the answer is 304 while one of them is the present version. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BillingProfile"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["VersionMismatch"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    updateBillingProfile: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description The ETag of what you read; another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateBillingProfile"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BillingProfile"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["VersionMismatch"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    listServiceAccounts: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                pageSize?: components["parameters"]["PageSize"];
                /** @description nextPageToken of the page before, with the same filters. */
                pageToken?: components["parameters"]["PageToken"];
                /** @description Only those whose labels it matches, in the grammar of Kubernetes: `env=prod,tier!=web,region in (eu,us),team notin (a),owner,!legacy`, with 16 requirements at most. `!=` and `notin` hold for what has no such label too. */
                labelSelector?: components["parameters"]["LabelSelector"];
            };
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServiceAccountList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    createServiceAccount: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateServiceAccount"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServiceAccount"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["PlanOrFailure"];
        };
    };
    getServiceAccount: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETags that you have already; the answer is 304 while one of them is the present version. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The service account. */
                serviceAccountId: components["parameters"]["ServiceAccountId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServiceAccount"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["VersionMismatch"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    deleteServiceAccount: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description The ETag of what you read; another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The service account. */
                serviceAccountId: components["parameters"]["ServiceAccountId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is no body. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["VersionMismatch"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["PlanOrFailure"];
        };
    };
    updateServiceAccount: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description The ETag of what you read; another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The service account. */
                serviceAccountId: components["parameters"]["ServiceAccountId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateServiceAccount"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServiceAccount"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["VersionMismatch"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    listApiKeys: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                pageSize?: components["parameters"]["PageSize"];
                /** @description nextPageToken of the page before, with the same filters. */
                pageToken?: components["parameters"]["PageToken"];
                /** @description Only those of this kind. */
                type?: components["parameters"]["KeyTypeFilter"];
                /** @description Only those in this state. */
                state?: components["parameters"]["KeyStateFilter"];
                /** @description Only those that have not been used for so many days; one that was never used counts from when it was made. */
                unusedFor?: components["parameters"]["UnusedForFilter"];
                /** @description Only those that were made before this time. */
                createdBefore?: components["parameters"]["CreatedBeforeFilter"];
                /** @description Only active ones that should have a new secret for this reason. */
                rotationDue?: components["parameters"]["RotationDueFilter"];
                /** @description What they are sorted by; those that were never used come before the others. */
                orderBy?: components["parameters"]["KeyOrderBy"];
                /** @description Whether the first is the least or the most. */
                order?: components["parameters"]["KeyOrder"];
            };
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeyList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    createApiKey: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateApiKey"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedApiKey"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["PlanOrFailure"];
        };
    };
    getApiKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The API key. */
                apiKeyId: components["parameters"]["ApiKeyId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKey"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    updateApiKey: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description The ETag of what you read; another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The API key. */
                apiKeyId: components["parameters"]["ApiKeyId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateApiKey"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKey"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["VersionMismatch"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    rotateApiKey: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header: {
                /** @description The ETag of what you read. Without it the answer is 428; another version is refused with 412. */
                "If-Match": components["parameters"]["RequiredIfMatch"];
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The API key. */
                apiKeyId: components["parameters"]["ApiKeyId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RotateApiKey"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedApiKey"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["VersionMismatch"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            428: components["responses"]["PreconditionRequired"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    revokeApiKey: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The API key. */
                apiKeyId: components["parameters"]["ApiKeyId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKey"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    listProjectServiceAccounts: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                pageSize?: components["parameters"]["PageSize"];
                /** @description nextPageToken of the page before, with the same filters. */
                pageToken?: components["parameters"]["PageToken"];
                /** @description Only those whose labels it matches, in the grammar of Kubernetes: `env=prod,tier!=web,region in (eu,us),team notin (a),owner,!legacy`, with 16 requirements at most. `!=` and `notin` hold for what has no such label too. */
                labelSelector?: components["parameters"]["LabelSelector"];
            };
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServiceAccountList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    createProjectServiceAccount: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateServiceAccount"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServiceAccount"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["PlanOrFailure"];
        };
    };
    getProjectServiceAccount: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETags that you have already; the answer is 304 while one of them is the present version. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
                /** @description The service account. */
                serviceAccountId: components["parameters"]["ServiceAccountId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServiceAccount"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["VersionMismatch"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    deleteProjectServiceAccount: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description The ETag of what you read; another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
                /** @description The service account. */
                serviceAccountId: components["parameters"]["ServiceAccountId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is no body. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["VersionMismatch"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["PlanOrFailure"];
        };
    };
    updateProjectServiceAccount: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description The ETag of what you read; another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
                /** @description The service account. */
                serviceAccountId: components["parameters"]["ServiceAccountId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateServiceAccount"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServiceAccount"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["VersionMismatch"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    listProjectApiKeys: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                pageSize?: components["parameters"]["PageSize"];
                /** @description nextPageToken of the page before, with the same filters. */
                pageToken?: components["parameters"]["PageToken"];
                /** @description Only those of this kind. */
                type?: components["parameters"]["KeyTypeFilter"];
                /** @description Only those in this state. */
                state?: components["parameters"]["KeyStateFilter"];
                /** @description Only those that have not been used for so many days; one that was never used counts from when it was made. */
                unusedFor?: components["parameters"]["UnusedForFilter"];
                /** @description Only those that were made before this time. */
                createdBefore?: components["parameters"]["CreatedBeforeFilter"];
                /** @description Only active ones that should have a new secret for this reason. */
                rotationDue?: components["parameters"]["RotationDueFilter"];
                /** @description What they are sorted by; those that were never used come before the others. */
                orderBy?: components["parameters"]["KeyOrderBy"];
                /** @description Whether the first is the least or the most. */
                order?: components["parameters"]["KeyOrder"];
            };
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeyList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    createProjectApiKey: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateApiKey"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedApiKey"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["PlanOrFailure"];
        };
    };
    getProjectApiKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
                /** @description The API key. */
                apiKeyId: components["parameters"]["ApiKeyId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKey"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    updateProjectApiKey: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description The ETag of what you read; another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
                /** @description The API key. */
                apiKeyId: components["parameters"]["ApiKeyId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateApiKey"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKey"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["VersionMismatch"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    rotateProjectApiKey: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header: {
                /** @description The ETag of what you read. Without it the answer is 428; another version is refused with 412. */
                "If-Match": components["parameters"]["RequiredIfMatch"];
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
                /** @description The API key. */
                apiKeyId: components["parameters"]["ApiKeyId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RotateApiKey"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedApiKey"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["VersionMismatch"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            428: components["responses"]["PreconditionRequired"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    revokeProjectApiKey: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
                /** @description The API key. */
                apiKeyId: components["parameters"]["ApiKeyId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKey"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    reportLeakedCredential: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LeakedCredential"];
            };
        };
        responses: {
            /** @description Done; there is no body. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            default: components["responses"]["Failure"];
        };
    };
    listExports: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                pageSize?: components["parameters"]["PageSize"];
                /** @description nextPageToken of the page before, with the same filters. */
                pageToken?: components["parameters"]["PageToken"];
            };
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExportList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    createExport: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateExport"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Export"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["PlanOrFailure"];
        };
    };
    getExport: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETags that you have already; the answer is 304 while one of them is the present version. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The export. */
                exportId: components["parameters"]["ExportId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Export"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["VersionMismatch"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    deleteExport: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description The ETag of what you read; another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The export. */
                exportId: components["parameters"]["ExportId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is no body. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["VersionMismatch"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["PlanOrFailure"];
        };
    };
    downloadExport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The export. */
                exportId: components["parameters"]["ExportId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    /** @example {"sequence":1,"action":"organization.create"} */
                    "application/x-ndjson": string;
                    "text/csv": string;
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    listOrganizations: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                pageSize?: components["parameters"]["PageSize"];
                /** @description nextPageToken of the page before, with the same filters. */
                pageToken?: components["parameters"]["PageToken"];
                /** @description Only those whose labels it matches, in the grammar of Kubernetes: `env=prod,tier!=web,region in (eu,us),team notin (a),owner,!legacy`, with 16 requirements at most. `!=` and `notin` hold for what has no such label too. */
                labelSelector?: components["parameters"]["LabelSelector"];
                /** @description Only the one with this slug. */
                slug?: components["parameters"]["SlugFilter"];
                /** @description Only organizations of this kind. */
                kind?: components["parameters"]["KindFilter"];
                /** @description Only organizations in this state. */
                state?: components["parameters"]["StateFilter"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrganizationList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    createOrganization: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateOrganization"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Organization"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["PlanOrFailure"];
        };
    };
    getOrganization: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETags that you have already; the answer is 304 while one of them is the present version. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Organization"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["VersionMismatch"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    updateOrganization: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description The ETag of what you read; another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateOrganization"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Organization"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["VersionMismatch"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    deleteOrganization: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description The ETag of what you read; another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeleteOrganization"];
            };
        };
        responses: {
            /** @description Done; there is no body. */
            204: {
                headers: {
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["VersionMismatch"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["NotConfirmed"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["PlanOrFailure"];
        };
    };
    suspendOrganization: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SuspendOrganization"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Organization"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    resumeOrganization: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Organization"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    archiveOrganization: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ArchiveOrganization"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Organization"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    unarchiveOrganization: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Organization"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    restoreOrganization: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RestoreOrganization"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Organization"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    purgeOrganization: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is no body. */
            204: {
                headers: {
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["PlanOrFailure"];
        };
    };
    getEntitlements: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETags that you have already; the answer is 304 while one of them is the present version. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Entitlements"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["VersionMismatch"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    replaceEntitlements: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description The ETag of what you read; another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReplaceEntitlements"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Entitlements"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["VersionMismatch"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    getUserEntitlements: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETags that you have already; the answer is 304 while one of them is the present version. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description The user. */
                userId: components["parameters"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Entitlements"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["VersionMismatch"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    replaceUserEntitlements: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description The ETag of what you read; another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The user. */
                userId: components["parameters"]["UserId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReplaceEntitlements"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Entitlements"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["VersionMismatch"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    listProjects: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                pageSize?: components["parameters"]["PageSize"];
                /** @description nextPageToken of the page before, with the same filters. */
                pageToken?: components["parameters"]["PageToken"];
                /** @description Only projects in this state; without it, those that are there. */
                state?: components["parameters"]["ProjectStateFilter"];
                /** @description Only those whose labels it matches, in the grammar of Kubernetes: `env=prod,tier!=web,region in (eu,us),team notin (a),owner,!legacy`, with 16 requirements at most. `!=` and `notin` hold for what has no such label too. */
                labelSelector?: components["parameters"]["LabelSelector"];
            };
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProjectList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    createProject: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateProject"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["PlanOrFailure"];
        };
    };
    getProject: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETags that you have already; the answer is 304 while one of them is the present version. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["VersionMismatch"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    deleteProject: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description The ETag of what you read; another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is no body. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["VersionMismatch"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["PlanOrFailure"];
        };
    };
    updateProject: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description The ETag of what you read; another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateProject"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["VersionMismatch"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    restoreProject: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RestoreProject"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    getHandOver: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETags that you have already; the answer is 304 while one of them is the present version. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HandOver"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["VersionMismatch"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    replaceHandOver: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description The ETag of what you read; another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReplaceHandOver"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HandOver"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["VersionMismatch"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    withdrawHandOver: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description The ETag of what you read; another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is no body. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["VersionMismatch"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["PlanOrFailure"];
        };
    };
    getProjectHandOver: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETags that you have already; the answer is 304 while one of them is the present version. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HandOver"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["VersionMismatch"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    replaceProjectHandOver: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description The ETag of what you read; another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReplaceProjectHandOver"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HandOver"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["VersionMismatch"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    withdrawProjectHandOver: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description The ETag of what you read; another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is no body. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["VersionMismatch"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["PlanOrFailure"];
        };
    };
    listOwnershipTransfers: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                pageSize?: components["parameters"]["PageSize"];
                /** @description nextPageToken of the page before, with the same filters. */
                pageToken?: components["parameters"]["PageToken"];
                /** @description Only those in this state. */
                state?: components["parameters"]["TransferStateFilter"];
            };
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OwnershipTransferList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    createOwnershipTransfer: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateOwnershipTransfer"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OwnershipTransfer"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["PlanOrFailure"];
        };
    };
    getOwnershipTransfer: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETags that you have already; the answer is 304 while one of them is the present version. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The ownership transfer. */
                transferId: components["parameters"]["TransferId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OwnershipTransfer"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["VersionMismatch"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    acceptOwnershipTransfer: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The ownership transfer. */
                transferId: components["parameters"]["TransferId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OwnershipTransfer"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    declineOwnershipTransfer: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The ownership transfer. */
                transferId: components["parameters"]["TransferId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OwnershipTransfer"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    cancelOwnershipTransfer: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The ownership transfer. */
                transferId: components["parameters"]["TransferId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OwnershipTransfer"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    getMe: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETags that you have already; the answer is 304 while one of them is the present version. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["VersionMismatch"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    updateMe: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description The ETag of what you read; another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateMe"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["VersionMismatch"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    signOutEverywhere: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignOut"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    listMyOrganizations: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                pageSize?: components["parameters"]["PageSize"];
                /** @description nextPageToken of the page before, with the same filters. */
                pageToken?: components["parameters"]["PageToken"];
                /** @description Only those whose labels it matches, in the grammar of Kubernetes: `env=prod,tier!=web,region in (eu,us),team notin (a),owner,!legacy`, with 16 requirements at most. `!=` and `notin` hold for what has no such label too. */
                labelSelector?: components["parameters"]["LabelSelector"];
                /** @description Only those with this role. */
                role?: components["parameters"]["RoleFilter"];
                /** @description Only the one with this slug. */
                slug?: components["parameters"]["SlugFilter"];
                /** @description Only organizations of this kind. */
                kind?: components["parameters"]["KindFilter"];
                /** @description Only organizations in this state. */
                state?: components["parameters"]["StateFilter"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MyOrganizationList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    listUsers: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                pageSize?: components["parameters"]["PageSize"];
                /** @description nextPageToken of the page before, with the same filters. */
                pageToken?: components["parameters"]["PageToken"];
                /** @description Only those whose name or e-mail address begins with this, in whatever case. */
                q?: components["parameters"]["UserSearch"];
                /** @description Only those in this state. */
                state?: components["parameters"]["UserStateFilter"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserAccountList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    getUser: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETags that you have already; the answer is 304 while one of them is the present version. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description The user. */
                userId: components["parameters"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserAccount"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["VersionMismatch"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    suspendUser: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The user. */
                userId: components["parameters"]["UserId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SuspendUser"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserAccount"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    resumeUser: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The user. */
                userId: components["parameters"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserAccount"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    signOutUser: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The user. */
                userId: components["parameters"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignOut"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    listOperators: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                pageSize?: components["parameters"]["PageSize"];
                /** @description nextPageToken of the page before, with the same filters. */
                pageToken?: components["parameters"]["PageToken"];
                /** @description Only those who hold this role of the platform. */
                role?: components["parameters"]["PlatformRoleFilter"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserAccountList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    addOperator: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AddOperator"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserAccount"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["PlanOrFailure"];
        };
    };
    removeOperator: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The user. */
                userId: components["parameters"]["UserId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RemoveOperator"];
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["PlanOrFailure"];
        };
    };
    getCapabilities: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Capabilities"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    getProjectCapabilities: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Capabilities"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    listBlueprints: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                pageSize?: components["parameters"]["PageSize"];
                /** @description nextPageToken of the page before, with the same filters. */
                pageToken?: components["parameters"]["PageToken"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BlueprintSummaryList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    getBlueprint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The blueprint. */
                blueprintName: components["parameters"]["BlueprintName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Blueprint"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    getPolicyBundle: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyBundle"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    listPolicyScopes: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                pageSize?: components["parameters"]["PageSize"];
                /** @description nextPageToken of the page before, with the same filters. */
                pageToken?: components["parameters"]["PageToken"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyHeadList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    listPolicyRevisions: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                pageSize?: components["parameters"]["PageSize"];
                /** @description nextPageToken of the page before, with the same filters. */
                pageToken?: components["parameters"]["PageToken"];
            };
            header?: never;
            path: {
                /** @description The policy scope. */
                scope: components["parameters"]["Scope"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyRevisionSummaryList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    createPolicyRevision: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The policy scope. */
                scope: components["parameters"]["Scope"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreatePolicyRevision"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyRevision"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["PlanOrFailure"];
        };
    };
    getPolicyRevision: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The policy scope. */
                scope: components["parameters"]["Scope"];
                /** @description The number of the revision. */
                revision: components["parameters"]["Revision"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyRevision"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    lintPolicy: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The policy scope. */
                scope: components["parameters"]["Scope"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PolicyProposal"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyLint"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            406: components["responses"]["NotAcceptable"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    testPolicy: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The policy scope. */
                scope: components["parameters"]["Scope"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PolicyProposal"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyTestReport"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            406: components["responses"]["NotAcceptable"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    diffPolicy: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The policy scope. */
                scope: components["parameters"]["Scope"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DiffPolicy"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyDiff"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    getPolicyHead: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETags that you have already; the answer is 304 while one of them is the present version. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description The policy scope. */
                scope: components["parameters"]["Scope"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyHead"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["VersionMismatch"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    replacePolicyHead: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header: {
                /** @description The ETag of what you read. Without it the answer is 428; another version is refused with 412. */
                "If-Match": components["parameters"]["RequiredIfMatch"];
            };
            path: {
                /** @description The policy scope. */
                scope: components["parameters"]["Scope"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReplacePolicyHead"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyHead"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["VersionMismatch"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            428: components["responses"]["PreconditionRequired"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    rollbackPolicy: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header: {
                /** @description The ETag of what you read. Without it the answer is 428; another version is refused with 412. */
                "If-Match": components["parameters"]["RequiredIfMatch"];
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The policy scope. */
                scope: components["parameters"]["Scope"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RollbackPolicy"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyHead"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["VersionMismatch"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            428: components["responses"]["PreconditionRequired"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    getPolicyHistory: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                pageSize?: components["parameters"]["PageSize"];
                /** @description nextPageToken of the page before, with the same filters. */
                pageToken?: components["parameters"]["PageToken"];
            };
            header?: never;
            path: {
                /** @description The policy scope. */
                scope: components["parameters"]["Scope"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyActivationList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    listPolicyReplicas: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                pageSize?: components["parameters"]["PageSize"];
                /** @description nextPageToken of the page before, with the same filters. */
                pageToken?: components["parameters"]["PageToken"];
            };
            header?: never;
            path: {
                /** @description The policy scope. */
                scope: components["parameters"]["Scope"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyReplicaList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    explainDecision: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ExplainDecision"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Explanation"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    whoCan: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WhoCan"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AbleSubjectList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    whatCan: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WhatCan"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubjectCapabilities"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    getDecision: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The decision. */
                decisionId: components["parameters"]["DecisionId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Explanation"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    replayDecisions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The policy scope. */
                scope: components["parameters"]["Scope"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReplayDecisions"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DecisionReplay"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    listPolicyRollouts: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                pageSize?: components["parameters"]["PageSize"];
                /** @description nextPageToken of the page before, with the same filters. */
                pageToken?: components["parameters"]["PageToken"];
            };
            header?: never;
            path: {
                /** @description The policy scope. */
                scope: components["parameters"]["Scope"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyRolloutList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    createPolicyRollout: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The policy scope. */
                scope: components["parameters"]["Scope"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreatePolicyRollout"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyRollout"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["PlanOrFailure"];
        };
    };
    getPolicyRollout: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The policy scope. */
                scope: components["parameters"]["Scope"];
                /** @description The rollout. */
                rolloutId: components["parameters"]["RolloutId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyRollout"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    promotePolicyRollout: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header: {
                /** @description The ETag of what you read. Without it the answer is 428; another version is refused with 412. */
                "If-Match": components["parameters"]["RequiredIfMatch"];
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The policy scope. */
                scope: components["parameters"]["Scope"];
                /** @description The rollout. */
                rolloutId: components["parameters"]["RolloutId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PromotePolicyRollout"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyRollout"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["VersionMismatch"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            428: components["responses"]["PreconditionRequired"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    cancelPolicyRollout: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The policy scope. */
                scope: components["parameters"]["Scope"];
                /** @description The rollout. */
                rolloutId: components["parameters"]["RolloutId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CancelPolicyRollout"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyRollout"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    listPolicyStores: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                pageSize?: components["parameters"]["PageSize"];
                /** @description nextPageToken of the page before, with the same filters. */
                pageToken?: components["parameters"]["PageToken"];
            };
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyStoreList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    createPolicyStore: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreatePolicyStore"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyStore"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["PlanOrFailure"];
        };
    };
    getPolicyStore: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETags that you have already; the answer is 304 while one of them is the present version. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
                /** @description The policy store. */
                policyStoreId: components["parameters"]["PolicyStoreId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyStore"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["VersionMismatch"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    deletePolicyStore: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description The ETag of what you read; another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
                /** @description The policy store. */
                policyStoreId: components["parameters"]["PolicyStoreId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is no body. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["VersionMismatch"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["PlanOrFailure"];
        };
    };
    updatePolicyStore: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description The ETag of what you read; another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
                /** @description The policy store. */
                policyStoreId: components["parameters"]["PolicyStoreId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdatePolicyStore"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyStore"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["VersionMismatch"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    listPolicyStoreRevisions: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                pageSize?: components["parameters"]["PageSize"];
                /** @description nextPageToken of the page before, with the same filters. */
                pageToken?: components["parameters"]["PageToken"];
            };
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
                /** @description The policy store. */
                policyStoreId: components["parameters"]["PolicyStoreId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyStoreRevisionList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    createPolicyStoreRevision: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
                /** @description The policy store. */
                policyStoreId: components["parameters"]["PolicyStoreId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreatePolicyStoreRevision"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyStoreRevision"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["PlanOrFailure"];
        };
    };
    getPolicyStoreRevision: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
                /** @description The policy store. */
                policyStoreId: components["parameters"]["PolicyStoreId"];
                /** @description The number of the revision. */
                revision: components["parameters"]["Revision"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyStoreRevision"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    getPolicyStoreHead: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETags that you have already; the answer is 304 while one of them is the present version. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
                /** @description The policy store. */
                policyStoreId: components["parameters"]["PolicyStoreId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyStoreHead"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["VersionMismatch"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    replacePolicyStoreHead: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header: {
                /** @description The ETag of what you read. Without it the answer is 428; another version is refused with 412. */
                "If-Match": components["parameters"]["RequiredIfMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
                /** @description The policy store. */
                policyStoreId: components["parameters"]["PolicyStoreId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReplacePolicyStoreHead"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyStoreHead"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["VersionMismatch"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            428: components["responses"]["PreconditionRequired"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    rollbackPolicyStore: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header: {
                /** @description The ETag of what you read. Without it the answer is 428; another version is refused with 412. */
                "If-Match": components["parameters"]["RequiredIfMatch"];
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
                /** @description The policy store. */
                policyStoreId: components["parameters"]["PolicyStoreId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RollbackPolicyStore"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyStoreHead"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["VersionMismatch"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            428: components["responses"]["PreconditionRequired"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    getPolicyStoreHistory: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                pageSize?: components["parameters"]["PageSize"];
                /** @description nextPageToken of the page before, with the same filters. */
                pageToken?: components["parameters"]["PageToken"];
            };
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
                /** @description The policy store. */
                policyStoreId: components["parameters"]["PolicyStoreId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyStoreActivationList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    testPolicyStore: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
                /** @description The policy store. */
                policyStoreId: components["parameters"]["PolicyStoreId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PolicyStoreContents"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyStoreTestReport"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    planPolicyStore: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
                /** @description The policy store. */
                policyStoreId: components["parameters"]["PolicyStoreId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PlanPolicyStore"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyStorePlan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    diffPolicyStoreRevisions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
                /** @description The policy store. */
                policyStoreId: components["parameters"]["PolicyStoreId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DiffPolicyStoreRevisions"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyStoreDiff"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    lintPolicyStore: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
                /** @description The policy store. */
                policyStoreId: components["parameters"]["PolicyStoreId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PolicyStoreContents"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyStoreLint"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    evaluateInStore: {
        parameters: {
            query?: never;
            header?: {
                /** @description `fully_consistent` reads every grant now; `minimize_latency` may answer from what was known a moment ago. */
                "Tenet-Consistency"?: components["parameters"]["Consistency"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
                /** @description The policy store. */
                policyStoreId: components["parameters"]["PolicyStoreId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StoreEvaluationRequest"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StoreEvaluationResponse"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            413: components["responses"]["PayloadTooLarge"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    listPolicyStoreEntities: {
        parameters: {
            query?: {
                /** @description Entities of this type alone. */
                type?: components["parameters"]["EntityTypeFilter"];
                /** @description How many items at most. */
                pageSize?: components["parameters"]["PageSize"];
                /** @description nextPageToken of the page before, with the same filters. */
                pageToken?: components["parameters"]["PageToken"];
            };
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
                /** @description The policy store. */
                policyStoreId: components["parameters"]["PolicyStoreId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyStoreEntityList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    writePolicyStoreEntities: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
                /** @description The policy store. */
                policyStoreId: components["parameters"]["PolicyStoreId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WritePolicyStoreEntities"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WrittenPolicyStoreEntities"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    getPolicyStoreEntity: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
                /** @description The policy store. */
                policyStoreId: components["parameters"]["PolicyStoreId"];
                /** @description The type of the entity. */
                entityType: components["parameters"]["EntityType"];
                /** @description The id of the entity. */
                entityId: components["parameters"]["EntityId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyStoreEntity"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    deletePolicyStoreEntity: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
                /** @description The policy store. */
                policyStoreId: components["parameters"]["PolicyStoreId"];
                /** @description The type of the entity. */
                entityType: components["parameters"]["EntityType"];
                /** @description The id of the entity. */
                entityId: components["parameters"]["EntityId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is no body. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["PlanOrFailure"];
        };
    };
    evaluateManyInStore: {
        parameters: {
            query?: never;
            header?: {
                /** @description `fully_consistent` reads every grant now; `minimize_latency` may answer from what was known a moment ago. */
                "Tenet-Consistency"?: components["parameters"]["Consistency"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
                /** @description The policy store. */
                policyStoreId: components["parameters"]["PolicyStoreId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StoreEvaluationsRequest"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StoreEvaluationsResponse"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            413: components["responses"]["PayloadTooLarge"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    searchSubjectsInStore: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
                /** @description The policy store. */
                policyStoreId: components["parameters"]["PolicyStoreId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StoreSubjectSearch"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StoreSearchResponse"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            413: components["responses"]["PayloadTooLarge"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    searchResourcesInStore: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
                /** @description The policy store. */
                policyStoreId: components["parameters"]["PolicyStoreId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StoreResourceSearch"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StoreSearchResponse"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            413: components["responses"]["PayloadTooLarge"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    searchActionsInStore: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
                /** @description The policy store. */
                policyStoreId: components["parameters"]["PolicyStoreId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StoreActionSearch"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StoreActionSearchResponse"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            413: components["responses"]["PayloadTooLarge"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    getStoreAuthzenConfiguration: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
                /** @description The policy store. */
                policyStoreId: components["parameters"]["PolicyStoreId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuthzenConfiguration"];
                };
            };
            400: components["responses"]["BadRequest"];
            default: components["responses"]["Failure"];
        };
    };
    listResourceTypes: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                pageSize?: components["parameters"]["PageSize"];
                /** @description nextPageToken of the page before, with the same filters. */
                pageToken?: components["parameters"]["PageToken"];
            };
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ResourceTypeDefinitionList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    listResourceGroups: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                pageSize?: components["parameters"]["PageSize"];
                /** @description nextPageToken of the page before, with the same filters. */
                pageToken?: components["parameters"]["PageToken"];
            };
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ResourceGroupList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    getResourceType: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description A resource type of this kind of organization, such as `connection`. Any other name is 404. */
                resourceType: components["parameters"]["ResourceTypeName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ResourceTypeDefinition"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    listResources: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                pageSize?: components["parameters"]["PageSize"];
                /** @description nextPageToken of the page before, with the same filters. */
                pageToken?: components["parameters"]["PageToken"];
                /** @description Only those whose labels it matches, in the grammar of Kubernetes: `env=prod,tier!=web,region in (eu,us),team notin (a),owner,!legacy`, with 16 requirements at most. `!=` and `notin` hold for what has no such label too. */
                labelSelector?: components["parameters"]["LabelSelector"];
                /** @description Only those whose name begins with this, in upper or lower case. */
                q?: components["parameters"]["ResourceNameSearch"];
                /** @description What the resources are sorted by; by when they were made when it is absent. Names are compared without regard to case. */
                orderBy?: components["parameters"]["ResourceOrder"];
                /** @description The direction of orderBy; ascending when it is absent. */
                order?: components["parameters"]["Order"];
            };
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description A resource type of this kind of organization, such as `connection`. Any other name is 404. */
                resourceType: components["parameters"]["ResourceTypeName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ResourceSummaryList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    createResource: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description A resource type of this kind of organization, such as `connection`. Any other name is 404. */
                resourceType: components["parameters"]["ResourceTypeName"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateResource"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ResourceSummary"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["PlanOrFailure"];
        };
    };
    getResource: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETags that you have already; the answer is 304 while one of them is the present version. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description A resource type of this kind of organization, such as `connection`. Any other name is 404. */
                resourceType: components["parameters"]["ResourceTypeName"];
                /** @description The resource. */
                resourceId: components["parameters"]["ResourceId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Resource"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["VersionMismatch"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    deleteResource: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description The ETag of what you read; another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description A resource type of this kind of organization, such as `connection`. Any other name is 404. */
                resourceType: components["parameters"]["ResourceTypeName"];
                /** @description The resource. */
                resourceId: components["parameters"]["ResourceId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is no body. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["VersionMismatch"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["PlanOrFailure"];
        };
    };
    updateResource: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description The ETag of what you read; another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description A resource type of this kind of organization, such as `connection`. Any other name is 404. */
                resourceType: components["parameters"]["ResourceTypeName"];
                /** @description The resource. */
                resourceId: components["parameters"]["ResourceId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateResource"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ResourceSummary"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["VersionMismatch"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    revealResource: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description A resource type of this kind of organization, such as `connection`. Any other name is 404. */
                resourceType: components["parameters"]["ResourceTypeName"];
                /** @description The resource. */
                resourceId: components["parameters"]["ResourceId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RevealedResource"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    listProjectResources: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                pageSize?: components["parameters"]["PageSize"];
                /** @description nextPageToken of the page before, with the same filters. */
                pageToken?: components["parameters"]["PageToken"];
                /** @description Only those whose labels it matches, in the grammar of Kubernetes: `env=prod,tier!=web,region in (eu,us),team notin (a),owner,!legacy`, with 16 requirements at most. `!=` and `notin` hold for what has no such label too. */
                labelSelector?: components["parameters"]["LabelSelector"];
                /** @description Only those whose name begins with this, in upper or lower case. */
                q?: components["parameters"]["ResourceNameSearch"];
                /** @description What the resources are sorted by; by when they were made when it is absent. Names are compared without regard to case. */
                orderBy?: components["parameters"]["ResourceOrder"];
                /** @description The direction of orderBy; ascending when it is absent. */
                order?: components["parameters"]["Order"];
            };
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
                /** @description A resource type of this kind of organization, such as `connection`. Any other name is 404. */
                resourceType: components["parameters"]["ResourceTypeName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ResourceSummaryList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    createProjectResource: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
                /** @description A resource type of this kind of organization, such as `connection`. Any other name is 404. */
                resourceType: components["parameters"]["ResourceTypeName"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateResource"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ResourceSummary"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["PlanOrFailure"];
        };
    };
    getProjectResource: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETags that you have already; the answer is 304 while one of them is the present version. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
                /** @description A resource type of this kind of organization, such as `connection`. Any other name is 404. */
                resourceType: components["parameters"]["ResourceTypeName"];
                /** @description The resource. */
                resourceId: components["parameters"]["ResourceId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Resource"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["VersionMismatch"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    deleteProjectResource: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description The ETag of what you read; another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
                /** @description A resource type of this kind of organization, such as `connection`. Any other name is 404. */
                resourceType: components["parameters"]["ResourceTypeName"];
                /** @description The resource. */
                resourceId: components["parameters"]["ResourceId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is no body. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["VersionMismatch"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["PlanOrFailure"];
        };
    };
    updateProjectResource: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description The ETag of what you read; another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
                /** @description A resource type of this kind of organization, such as `connection`. Any other name is 404. */
                resourceType: components["parameters"]["ResourceTypeName"];
                /** @description The resource. */
                resourceId: components["parameters"]["ResourceId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateResource"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ResourceSummary"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["VersionMismatch"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    revealProjectResource: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
                /** @description A resource type of this kind of organization, such as `connection`. Any other name is 404. */
                resourceType: components["parameters"]["ResourceTypeName"];
                /** @description The resource. */
                resourceId: components["parameters"]["ResourceId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RevealedResource"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    listRestrictions: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                pageSize?: components["parameters"]["PageSize"];
                /** @description nextPageToken of the page before, with the same filters. */
                pageToken?: components["parameters"]["PageToken"];
            };
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RestrictionList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    createRestriction: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateRestriction"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Restriction"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["PlanOrFailure"];
        };
    };
    getRestriction: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETags that you have already; the answer is 304 while one of them is the present version. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The restriction. */
                restrictionId: components["parameters"]["RestrictionId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Restriction"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["VersionMismatch"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    deleteRestriction: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description The ETag of what you read; another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The restriction. */
                restrictionId: components["parameters"]["RestrictionId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is no body. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["VersionMismatch"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["PlanOrFailure"];
        };
    };
    listSettings: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                pageSize?: components["parameters"]["PageSize"];
                /** @description nextPageToken of the page before, with the same filters. */
                pageToken?: components["parameters"]["PageToken"];
            };
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SettingList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    getSetting: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETags that you have already; the answer is 304 while one of them is the present version. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The setting, as its blueprint calls it. */
                settingKey: components["parameters"]["SettingKey"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Setting"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["VersionMismatch"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    replaceSetting: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header: {
                /** @description The ETag of what you read. Without it the answer is 428; another version is refused with 412. */
                "If-Match": components["parameters"]["RequiredIfMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The setting, as its blueprint calls it. */
                settingKey: components["parameters"]["SettingKey"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WriteSetting"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Setting"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["VersionMismatch"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            428: components["responses"]["PreconditionRequired"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    clearSetting: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header: {
                /** @description The ETag of what you read. Without it the answer is 428; another version is refused with 412. */
                "If-Match": components["parameters"]["RequiredIfMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The setting, as its blueprint calls it. */
                settingKey: components["parameters"]["SettingKey"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is no body. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["VersionMismatch"];
            428: components["responses"]["PreconditionRequired"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["PlanOrFailure"];
        };
    };
    applySettingToExisting: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The setting, as its blueprint calls it. */
                settingKey: components["parameters"]["SettingKey"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApplySetting"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppliedSettings"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    listProjectSettings: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                pageSize?: components["parameters"]["PageSize"];
                /** @description nextPageToken of the page before, with the same filters. */
                pageToken?: components["parameters"]["PageToken"];
            };
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SettingList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    getProjectSetting: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETags that you have already; the answer is 304 while one of them is the present version. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
                /** @description The setting, as its blueprint calls it. */
                settingKey: components["parameters"]["SettingKey"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Setting"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["VersionMismatch"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    replaceProjectSetting: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header: {
                /** @description The ETag of what you read. Without it the answer is 428; another version is refused with 412. */
                "If-Match": components["parameters"]["RequiredIfMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
                /** @description The setting, as its blueprint calls it. */
                settingKey: components["parameters"]["SettingKey"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WriteSettingBelow"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Setting"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["VersionMismatch"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            428: components["responses"]["PreconditionRequired"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    clearProjectSetting: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header: {
                /** @description The ETag of what you read. Without it the answer is 428; another version is refused with 412. */
                "If-Match": components["parameters"]["RequiredIfMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The project. */
                projectId: components["parameters"]["ProjectId"];
                /** @description The setting, as its blueprint calls it. */
                settingKey: components["parameters"]["SettingKey"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is no body. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["VersionMismatch"];
            428: components["responses"]["PreconditionRequired"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["PlanOrFailure"];
        };
    };
    listMySettings: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                pageSize?: components["parameters"]["PageSize"];
                /** @description nextPageToken of the page before, with the same filters. */
                pageToken?: components["parameters"]["PageToken"];
            };
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SettingList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    getMySetting: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETags that you have already; the answer is 304 while one of them is the present version. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The setting, as its blueprint calls it. */
                settingKey: components["parameters"]["SettingKey"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Setting"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["VersionMismatch"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    replaceMySetting: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header: {
                /** @description The ETag of what you read. Without it the answer is 428; another version is refused with 412. */
                "If-Match": components["parameters"]["RequiredIfMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The setting, as its blueprint calls it. */
                settingKey: components["parameters"]["SettingKey"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WriteSettingBelow"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Setting"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["VersionMismatch"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            428: components["responses"]["PreconditionRequired"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    clearMySetting: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header: {
                /** @description The ETag of what you read. Without it the answer is 428; another version is refused with 412. */
                "If-Match": components["parameters"]["RequiredIfMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The setting, as its blueprint calls it. */
                settingKey: components["parameters"]["SettingKey"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is no body. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["VersionMismatch"];
            428: components["responses"]["PreconditionRequired"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["PlanOrFailure"];
        };
    };
    listSupportAccesses: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                pageSize?: components["parameters"]["PageSize"];
                /** @description nextPageToken of the page before, with the same filters. */
                pageToken?: components["parameters"]["PageToken"];
                /** @description Only those in this state. */
                state?: components["parameters"]["SupportAccessStateFilter"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SupportAccessList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    requestSupportAccess: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RequestSupportAccess"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SupportAccess"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["PlanOrFailure"];
        };
    };
    getSupportAccess: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETags that you have already; the answer is 304 while one of them is the present version. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description The support access. */
                supportAccessId: components["parameters"]["SupportAccessId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SupportAccess"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["VersionMismatch"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    endSupportAccess: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The support access. */
                supportAccessId: components["parameters"]["SupportAccessId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SupportAccess"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    listOrganizationSupportAccesses: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                pageSize?: components["parameters"]["PageSize"];
                /** @description nextPageToken of the page before, with the same filters. */
                pageToken?: components["parameters"]["PageToken"];
                /** @description Only those in this state. */
                state?: components["parameters"]["SupportAccessStateFilter"];
            };
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SupportAccessList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    offerSupportAccess: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OfferSupportAccess"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SupportAccess"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["PlanOrFailure"];
        };
    };
    getOrganizationSupportAccess: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETags that you have already; the answer is 304 while one of them is the present version. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The support access. */
                supportAccessId: components["parameters"]["SupportAccessId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SupportAccess"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["VersionMismatch"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    approveSupportAccess: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The support access. */
                supportAccessId: components["parameters"]["SupportAccessId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SupportAccess"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    denySupportAccess: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The support access. */
                supportAccessId: components["parameters"]["SupportAccessId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SupportAccess"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    endOrganizationSupportAccess: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The support access. */
                supportAccessId: components["parameters"]["SupportAccessId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SupportAccess"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    livez: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Liveness"];
                };
            };
            default: components["responses"]["Failure"];
        };
    };
    readyz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    getRoot: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The documentation is at /docs. */
            303: {
                headers: {
                    /** @description Where the documentation is. */
                    Location?: string;
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            default: components["responses"]["Failure"];
        };
    };
    getOpenapiYaml: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/yaml": string;
                };
            };
            default: components["responses"]["Failure"];
        };
    };
    getOpenapiJson: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "openapi": "3.0.3"
                     *     }
                     */
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            default: components["responses"]["Failure"];
        };
    };
    getDocs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            default: components["responses"]["Failure"];
        };
    };
    getPlainDocs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            default: components["responses"]["Failure"];
        };
    };
    getDocsAsset: {
        parameters: {
            query?: never;
            header?: {
                /** @description Brotli (br) is sent where it is taken. */
                "Accept-Encoding"?: components["parameters"]["AcceptEncoding"];
                /** @description The ETags that you have already; the answer is 304 while one of them is the present version. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description A name that /docs holds. */
                asset: components["parameters"]["Asset"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    /** @description The content, for If-None-Match. */
                    ETag?: string;
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "text/javascript": string;
                    "text/css": string;
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["VersionMismatch"];
            default: components["responses"]["Failure"];
        };
    };
    getProblem: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The kind of problem. */
                slug: components["parameters"]["Slug"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            400: components["responses"]["BadRequest"];
            /** @description There is no such problem type. A problem, or a page where Accept prefers HTML. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "https://tenet.dev/problems/not-found",
                     *       "title": "Not found",
                     *       "status": 404,
                     *       "detail": "There is no such problem type; /docs/plain#problems lists those that there are.",
                     *       "instance": "urn:tenet:request:req_01h455vb4pex5vsknk084sn02q",
                     *       "code": "not-found",
                     *       "requestId": "req_01h455vb4pex5vsknk084sn02q"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                    "text/html": string;
                };
            };
            default: components["responses"]["Failure"];
        };
    };
    getWebhookSchema: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "$schema": "https://json-schema.org/draft/2020-12/schema"
                     *     }
                     */
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            default: components["responses"]["Failure"];
        };
    };
    listWebhooks: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                pageSize?: components["parameters"]["PageSize"];
                /** @description nextPageToken of the page before, with the same filters. */
                pageToken?: components["parameters"]["PageToken"];
            };
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    createWebhook: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateWebhook"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    Location: components["headers"]["Location"];
                    ETag: components["headers"]["ETag"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedWebhook"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["PlanOrFailure"];
        };
    };
    getWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETags that you have already; the answer is 304 while one of them is the present version. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The webhook. */
                webhookId: components["parameters"]["WebhookId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["VersionMismatch"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    deleteWebhook: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description The ETag of what you read; another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The webhook. */
                webhookId: components["parameters"]["WebhookId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is no body. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["VersionMismatch"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["PlanOrFailure"];
        };
    };
    updateWebhook: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description The ETag of what you read; another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The webhook. */
                webhookId: components["parameters"]["WebhookId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateWebhook"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["VersionMismatch"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    rotateWebhookSecret: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header: {
                /** @description The ETag of what you read. Without it the answer is 428; another version is refused with 412. */
                "If-Match": components["parameters"]["RequiredIfMatch"];
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The webhook. */
                webhookId: components["parameters"]["WebhookId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RotateWebhookSecret"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedWebhook"];
                    "application/vnd.tenet.plan+json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["VersionMismatch"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            428: components["responses"]["PreconditionRequired"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    testWebhook: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The webhook. */
                webhookId: components["parameters"]["WebhookId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is about to be sent. */
            202: {
                headers: {
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDelivery"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["PlanOrFailure"];
        };
    };
    listWebhookDeliveries: {
        parameters: {
            query?: {
                /** @description Deliveries in this state alone. */
                state?: components["parameters"]["WebhookDeliveryStateFilter"];
                /** @description How many items at most. */
                pageSize?: components["parameters"]["PageSize"];
                /** @description nextPageToken of the page before, with the same filters. */
                pageToken?: components["parameters"]["PageToken"];
            };
            header?: never;
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The webhook. */
                webhookId: components["parameters"]["WebhookId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDeliveryList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    getWebhookDelivery: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETags that you have already; the answer is 304 while one of them is the present version. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The webhook. */
                webhookId: components["parameters"]["WebhookId"];
                /** @description The delivery. */
                deliveryId: components["parameters"]["WebhookDeliveryId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDelivery"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["VersionMismatch"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Failure"];
        };
    };
    replayWebhookDelivery: {
        parameters: {
            query?: {
                /** @description With `true` nothing is changed: the request goes through everything that it would go through, is undone, and the answer is a Plan of what it would have done (200, `application/vnd.tenet.plan+json`). A refusal is the same problem as without it, and a denial is recorded as always. An Idempotency-Key is not looked at. */
                validateOnly?: components["parameters"]["ValidateOnly"];
            };
            header?: {
                /** @description Makes it safe to send the request again: the same key and body get the same answer for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The organization. */
                organizationId: components["parameters"]["OrganizationId"];
                /** @description The webhook. */
                webhookId: components["parameters"]["WebhookId"];
                /** @description The delivery. */
                deliveryId: components["parameters"]["WebhookDeliveryId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is about to be sent. */
            202: {
                headers: {
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    "X-Request-Id": components["headers"]["RequestId"];
                    traceparent: components["headers"]["Traceparent"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDelivery"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["PlanOrFailure"];
        };
    };
}
