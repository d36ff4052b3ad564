/** The words of all mails in English. `{name}` stands for a value; every language has the same words with the same values. */
export const en = {
  common: {
    api: 'The API',
    example: 'For example, with the access token of your identity provider in TOKEN:',
    signedIn: 'With the access token of your identity provider in TOKEN:',
  },
  invitation: {
    subject: 'Invitation to {organization}',
    invited: 'You are invited to join the organization "{organization}".',
    invitedBy: '{inviter} invites you to join the organization "{organization}".',
    how: 'Sign in as {email} and accept with this token, until {time}:',
    unless: 'If you do not know why you got this, ignore it: nothing happens unless you accept.',
  },
  invitationAgain: {
    subject: 'Invitation to {organization}, sent again',
    invited: 'You are invited to join the organization "{organization}".',
    invitedBy: '{inviter} invites you to join the organization "{organization}".',
    again: 'This mail takes the place of an earlier one, whose token does not work any more.',
    how: 'Sign in as {email} and accept with this token, until {time}:',
    unless: 'If you do not know why you got this, ignore it: nothing happens unless you accept.',
  },
  projectInvitation: {
    subject: 'Invitation to {project} in {organization}',
    invited: 'You are invited to the project "{project}" of the organization "{organization}".',
    invitedBy: '{inviter} invites you to the project "{project}" of the organization "{organization}".',
    how: 'Sign in as {email} and accept with this token, until {time}:',
    unless: 'If you do not know why you got this, ignore it: nothing happens unless you accept.',
  },
  ownershipTransfer: {
    subject: 'Ownership of {organization}',
    offered: 'The owner offers you the ownership of the organization "{organization}".',
    offeredBy: '{owner} offers you the ownership of the organization "{organization}".',
    how: 'Sign in as {email} and accept or decline, until {time}.',
    decline: 'To decline, write decline in the place of accept. Nothing changes unless you accept.',
  },
  keyNotice: {
    subject: 'API key {key} of {organization} ends soon',
    ends: 'The API key "{key}" ({id}) of the organization "{organization}" ends at {time}.',
    what: 'What calls with it is refused from then on. Make another key before that, and give it to the programs that use this one.',
  },
  instanceFailure: {
    subject: 'Application {name} of {organization} fails',
    fails: 'The application "{name}" ({id}) of the organization "{organization}" has failed three times in a row, the last time at {time}.',
    why: 'The reason: {failure}',
    what: 'It is started again by itself, later each time. You get no more mails of it until it has run for a while or is asked to start anew. Its log says more:',
  },
  alert: {
    subject: 'Alert of {organization}: {title}',
    reached:
      'The alert "{title}" of the organization "{organization}" fired: {meter} has reached {quantity} {unit} of {limit} in the period from {period} (UTC).',
    spike:
      'The alert "{title}" of the organization "{organization}" fired: {meter} has reached {quantity} {unit} on {period} (UTC), more than the {limit} that were to be expected.',
    limit:
      'The alert "{title}" of the organization "{organization}" fired: {percent} percent of the limit {meter} are reached, {quantity} of {limit} are in use.',
    what: 'Look at the usage by project, member and key to see where it comes from. Those who may change alerts can change or switch off this one.',
  },
  supportRequest: {
    subject: 'Support access to {organization}',
    asks: 'An operator of this installation asks for the role {role} in the organization "{organization}" for {minutes} minutes.',
    reason: 'The reason: {reason}',
    how: 'Approve or deny it until {time}.',
    deny: 'To deny it, write deny in the place of approve. Nobody is let in unless you or another administrator approves.',
  },
  supportAccess: {
    subject: 'Support access to {organization}',
    has: 'An operator of this installation has the role {role} in the organization "{organization}" for {minutes} minutes.',
    reason: 'The reason: {reason}',
    how: 'It ends by itself at {time}. To end it before that:',
    audited: 'What the operator does is in the audit log.',
  },
  supportOffer: {
    subject: 'Support access to {organization}',
    offered: 'The organization "{organization}" lets you in: you have the role {role} there for {minutes} minutes.',
    reason: 'The reason: {reason}',
    how: 'It ends by itself at {time}. To end it before that:',
    audited: 'What you do there is in the audit log.',
  },
} as const;
