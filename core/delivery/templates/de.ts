import type { MailWords } from './words.ts';

/** The words of all mails in German. */
export const de: MailWords = {
  common: {
    api: 'Die API',
    example: 'Zum Beispiel, mit dem Access-Token Ihres Identitätsanbieters in TOKEN:',
    signedIn: 'Mit dem Access-Token Ihres Identitätsanbieters in TOKEN:',
  },
  invitation: {
    subject: 'Einladung zu {organization}',
    invited: 'Sie sind in die Organisation „{organization}“ eingeladen.',
    invitedBy: '{inviter} lädt Sie in die Organisation „{organization}“ ein.',
    how: 'Melden Sie sich als {email} an und nehmen Sie die Einladung mit diesem Token an, bis {time}:',
    unless:
      'Wenn Sie nicht wissen, warum Sie diese Mail bekommen, können Sie sie übergehen: Es geschieht nichts, solange Sie nicht annehmen.',
  },
  invitationAgain: {
    subject: 'Einladung zu {organization}, erneut gesendet',
    invited: 'Sie sind in die Organisation „{organization}“ eingeladen.',
    invitedBy: '{inviter} lädt Sie in die Organisation „{organization}“ ein.',
    again: 'Diese Mail ersetzt eine frühere, deren Token nicht mehr gilt.',
    how: 'Melden Sie sich als {email} an und nehmen Sie die Einladung mit diesem Token an, bis {time}:',
    unless:
      'Wenn Sie nicht wissen, warum Sie diese Mail bekommen, können Sie sie übergehen: Es geschieht nichts, solange Sie nicht annehmen.',
  },
  projectInvitation: {
    subject: 'Einladung zu {project} in {organization}',
    invited: 'Sie sind in das Projekt „{project}“ der Organisation „{organization}“ eingeladen.',
    invitedBy: '{inviter} lädt Sie in das Projekt „{project}“ der Organisation „{organization}“ ein.',
    how: 'Melden Sie sich als {email} an und nehmen Sie die Einladung mit diesem Token an, bis {time}:',
    unless:
      'Wenn Sie nicht wissen, warum Sie diese Mail bekommen, können Sie sie übergehen: Es geschieht nichts, solange Sie nicht annehmen.',
  },
  ownershipTransfer: {
    subject: 'Eigentum an {organization}',
    offered: 'Ihnen wird das Eigentum an der Organisation „{organization}“ angeboten.',
    offeredBy: '{owner} bietet Ihnen das Eigentum an der Organisation „{organization}“ an.',
    how: 'Melden Sie sich als {email} an und nehmen Sie an oder lehnen Sie ab, bis {time}.',
    decline: 'Zum Ablehnen schreiben Sie decline statt accept. Es ändert sich nichts, solange Sie nicht annehmen.',
  },
  keyNotice: {
    subject: 'Der API-Schlüssel {key} von {organization} endet bald',
    ends: 'Der API-Schlüssel „{key}“ ({id}) der Organisation „{organization}“ endet am {time}.',
    what: 'Was mit ihm aufruft, wird von da an abgewiesen. Legen Sie vorher einen neuen Schlüssel an und geben Sie ihn den Programmen, die diesen benutzen.',
  },
  instanceFailure: {
    subject: 'Die Anwendung {name} von {organization} läuft nicht',
    fails: 'Die Anwendung „{name}“ ({id}) der Organisation „{organization}“ ist dreimal nacheinander gescheitert, zuletzt am {time}.',
    why: 'Der Grund: {failure}',
    what: 'Sie wird von selbst wieder gestartet, jedes Mal später. Sie bekommen keine weitere Mail darüber, bis sie eine Weile gelaufen ist oder neu gestartet wird. Mehr steht in ihrem Protokoll:',
  },
  alert: {
    subject: 'Warnung von {organization}: {title}',
    reached:
      'Die Warnung „{title}“ der Organisation „{organization}“ wurde ausgelöst: {meter} hat {quantity} {unit} von {limit} erreicht, im Zeitraum ab {period} (UTC).',
    spike:
      'Die Warnung „{title}“ der Organisation „{organization}“ wurde ausgelöst: {meter} hat am {period} (UTC) {quantity} {unit} erreicht, mehr als die zu erwartenden {limit}.',
    limit:
      'Die Warnung „{title}“ der Organisation „{organization}“ wurde ausgelöst: {percent} Prozent des Limits {meter} sind erreicht, {quantity} von {limit} sind in Gebrauch.',
    what: 'Sehen Sie sich die Nutzung nach Projekt, Mitglied und Schlüssel an, um zu erfahren, woher sie kommt. Wer Warnungen ändern darf, kann diese ändern oder abschalten.',
  },
  supportRequest: {
    subject: 'Support-Zugang zu {organization}',
    asks: 'Der Betreiber dieser Installation bittet um die Rolle {role} in der Organisation „{organization}“ für {minutes} Minuten.',
    reason: 'Der Grund: {reason}',
    how: 'Genehmigen Sie es oder lehnen Sie ab, bis {time}.',
    deny: 'Zum Ablehnen schreiben Sie deny statt approve. Niemand erhält Zugang, solange weder Sie noch ein anderer Administrator zustimmen.',
  },
  supportAccess: {
    subject: 'Support-Zugang zu {organization}',
    has: 'Der Betreiber dieser Installation hat die Rolle {role} in der Organisation „{organization}“ für {minutes} Minuten.',
    reason: 'Der Grund: {reason}',
    how: 'Der Zugang endet von selbst am {time}. Um ihn vorher zu beenden:',
    audited: 'Was der Betreiber tut, steht im Audit-Log.',
  },
  supportOffer: {
    subject: 'Support-Zugang zu {organization}',
    offered: 'Die Organisation „{organization}“ lässt Sie ein: Sie haben dort die Rolle {role} für {minutes} Minuten.',
    reason: 'Der Grund: {reason}',
    how: 'Der Zugang endet von selbst am {time}. Um ihn vorher zu beenden:',
    audited: 'Was Sie dort tun, steht im Audit-Log.',
  },
};
