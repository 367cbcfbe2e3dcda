package problem

import (
	"slices"
	"strconv"
	"strings"
)

// entraRow is what some of Microsoft's AADSTS numbers mean.
type entraRow struct {
	numbers []int
	Entry
}

// Entra looks up what Microsoft's numbers mean. An answer may hold several, the general one first
// ("AADSTS70002 … AADSTS54005 …"), so the last one that we know is taken. The numbers choose the
// words; what is done about a refusal follows from OAuth's own error, because Microsoft does not
// promise to keep its numbers.
func Entra(numbers []int) (Entry, bool) {
	for _, n := range slices.Backward(numbers) {
		for _, row := range entraRows {
			if slices.Contains(row.numbers, n) {
				e := row.Entry
				e.ID, e.Says = entraID(n), strconv.Itoa(n)
				return e, true
			}
		}
	}
	return Entry{}, false
}

func entraID(n int) string { return "aadsts" + strconv.Itoa(n) }

func entraLines() []Line {
	all := make([]Line, len(entraRows))
	for i, row := range entraRows {
		var says []string
		for _, n := range row.numbers {
			all[i].IDs, says = append(all[i].IDs, entraID(n)), append(says, strconv.Itoa(n))
		}
		all[i].Entry = row.Entry
		all[i].ID, all[i].Says = all[i].IDs[0], strings.Join(says, ", ")
	}
	return all
}

const (
	apps        = "Microsoft Entra admin centre › App registrations › Postroom › "
	enterprise  = "Microsoft Entra admin centre › Enterprise applications › Postroom › "
	signInLogs  = "Microsoft Entra admin centre › Users › the account › Sign-in logs"
	platformWeb = apps + "Authentication › Platform configurations › Web"
	secrets     = apps + "Certificates & secrets › Client secrets"
	permissions = apps + "API permissions"
	overview    = apps + "Overview"
)

// entraRows holds the numbers that a mail app meets, from Microsoft's error code reference.
var entraRows = []entraRow{
	// The wrong account.
	{[]int{16000, 16001}, Entry{Code: WrongAccount, Detail: "Several accounts are signed in, or the chosen one is not of this organisation.", Action: "Sign in again and choose the account whose mailbox you want."}},
	{[]int{50020}, Entry{Code: WrongAccount, Detail: "The account belongs to another organisation than the one this provider is for.", Action: "Use an account of that organisation, or ask whoever runs Postroom to allow other organisations (tenant “organizations” or “common”)."}},
	{[]int{500208}, Entry{Code: WrongAccount, Detail: "This kind of account cannot be used here.", Action: "Sign in with another account."}},
	{[]int{90072}, Entry{Code: WrongAccount, Detail: "The account is not known in this organisation.", Action: "Sign out at Microsoft first, then connect with the right account."}},

	// Accounts that cannot sign in.
	{[]int{50034}, Entry{Code: AccountDisabled, Who: You, Detail: "Microsoft does not know this account.", Action: "Check the address, then connect again."}},
	{[]int{51004}, Entry{Code: AccountDisabled, Who: You, Detail: "The account is not in the organisation's directory.", Action: "Check the address; if it is right, ask your Microsoft 365 administrator.", Ask: "see whether this account is in our directory"}},
	{[]int{50053}, Entry{Code: AccountDisabled, Who: You, Detail: "The account is locked, or the sign-in came from an address that Microsoft distrusts.", Action: "Wait some minutes and sign in again; if it stays, ask your Microsoft 365 administrator.", Ask: "unlock this account, or let the sign-in from Postroom's address through", Where: signInLogs}},
	{[]int{50057}, Entry{Code: AccountDisabled, Detail: "The account is disabled.", Action: "Ask your Microsoft 365 administrator to enable it.", Ask: "enable this account again", Where: "Microsoft Entra admin centre › Users › the account › Account status"}},

	// Signing in again helps.
	{[]int{50055, 50144}, Entry{Code: Reconnect, Detail: "The password has expired.", Action: "Change it at Microsoft, then reconnect."}},
	{[]int{50058}, Entry{Code: Reconnect, Detail: "Microsoft needs to see you in person.", Action: "Reconnect and sign in."}},
	{[]int{50072, 50074, 50076, 50078, 50079}, Entry{Code: Reconnect, Detail: "Your organisation wants a second factor.", Action: "Reconnect and confirm with your second factor."}},
	{[]int{50126}, Entry{Code: Reconnect, Detail: "User name or password were wrong.", Action: "Reconnect and sign in."}},
	{[]int{50131, 50132, 50133}, Entry{Code: Reconnect, Detail: "The sign-in is no longer valid, as after a change of password or policy.", Action: "Reconnect and sign in."}},
	{[]int{50140}, Entry{Code: Reconnect, Detail: "The sign-in stopped at “Stay signed in?”.", Action: "Reconnect and answer the question."}},
	{[]int{50158}, Entry{Code: Reconnect, Detail: "Your organisation wants another confirmation.", Action: "Reconnect and confirm."}},
	{[]int{50173}, Entry{Code: Reconnect, Detail: "The permission was withdrawn: the password was reset, or all sessions were signed out.", Action: "Reconnect and sign in."}},
	{[]int{50199}, Entry{Code: Reconnect, Detail: "Microsoft asks for a security check.", Action: "Reconnect and confirm that it is you."}},
	{[]int{53004}, Entry{Code: Reconnect, Detail: "A second factor must be set up first.", Action: "Set it up at Microsoft, then reconnect."}},
	{[]int{65001}, Entry{Code: Reconnect, Detail: "Postroom's permission for this account is missing or was removed.", Action: "Connect again and agree to the permissions; if you may not, ask your Microsoft 365 administrator.",
		Ask: "grant admin consent for Postroom", Where: enterprise + "Permissions › Grant admin consent"}},
	{[]int{70000}, Entry{Code: Reconnect, Detail: "The permission has expired or was withdrawn.", Action: "Reconnect and agree to the permissions."}},
	{[]int{700082}, Entry{Code: Reconnect, Detail: "The permission lapsed: it was not used for 90 days.", Action: "Reconnect and sign in."}},
	{[]int{70043}, Entry{Code: Reconnect, Detail: "Your organisation wants a new sign-in from time to time.", Action: "Reconnect. If it comes too often, your Microsoft 365 administrator can change the sign-in frequency.",
		Ask: "except Postroom from the sign-in frequency, so that my mailbox stays connected", Where: "Microsoft Entra admin centre › Protection › Conditional Access › Policies › Session › Sign-in frequency"}},
	{[]int{70008, 70019}, Entry{Code: CodeExpired, Detail: "The sign-in is too old.", Action: "Sign in again."}},
	{[]int{50089}, Entry{Code: CodeExpired, Detail: "The sign-in page was left open too long.", Action: "Sign in again."}},
	{[]int{54005}, Entry{Code: CodeExpired, Detail: "This answer was used already, as when a page is loaded twice.", Action: "Look whether the mailbox is connected; if not, start again."}},
	{[]int{65004}, Entry{Code: ConsentDeclined, Detail: "You did not agree to the permissions.", Action: "Connect again and agree to them."}},
	{[]int{501481, 50147, 501491}, Entry{Code: StateInvalid, Who: Operator, Detail: "The answer does not fit the question that this browser asked (PKCE).", Action: "Start again. If it happens each time, something between browser and Postroom mixes up sign-ins."}},

	// Policies of the organisation.
	{[]int{50014}, Entry{Code: SignInBlocked, Who: You, Detail: "You were invited as a guest and have not accepted yet.", Action: "Accept the invitation, then connect again."}},
	{[]int{50097, 50129, 53000, 53001, 53002}, Entry{Code: SignInBlocked, Who: You, Detail: "Your organisation allows this only from a managed device or an approved app.", Action: "Reconnect from a managed device, or ask your Microsoft 365 administrator to except Postroom from the policy.",
		Ask: "except Postroom from the policy that asks for a managed device or an approved app", Where: signInLogs + " › the failed sign-in › Conditional Access"}},
	{[]int{50105}, Entry{Code: SignInBlocked, Detail: "You are not assigned to Postroom in your organisation.", Action: "Ask your Microsoft 365 administrator to assign you or your group, or to turn off “Assignment required”.",
		Ask: "assign me or my group to Postroom, or turn off “Assignment required”", Where: enterprise + "Users and groups"}},
	{[]int{500212, 500213}, Entry{Code: SignInBlocked, Detail: "A policy between two organisations does not let this sign-in through.", Action: "Ask your Microsoft 365 administrator about cross-tenant access.",
		Ask: "let this sign-in through the cross-tenant access settings", Where: "Microsoft Entra admin centre › External Identities › Cross-tenant access settings"}},
	{[]int{53003}, Entry{Code: SignInBlocked, Detail: "A Conditional Access policy blocked the sign-in.", Action: "Ask your Microsoft 365 administrator; another network or device may also help.",
		Ask: "let Postroom through the Conditional Access policy that blocked this sign-in", Where: signInLogs + " › the failed sign-in › Conditional Access"}},
	{[]int{530032, 530035}, Entry{Code: SignInBlocked, Detail: "A security policy of your organisation blocked the sign-in.", Action: "Ask your Microsoft 365 administrator to let Postroom through it.",
		Ask: "let Postroom through the security policy or the security defaults that blocked this sign-in", Where: signInLogs}},
	{[]int{650052}, Entry{Code: SignInBlocked, Detail: "Your organisation has no Exchange Online that Postroom could ask for.", Action: "Ask your Microsoft 365 administrator to enable Exchange Online and its licence.",
		Ask: "give our organisation an Exchange Online subscription, or enable the one that it has", Where: "Microsoft 365 admin centre › Billing › Your products"}},
	{[]int{70001, 7000112}, Entry{Code: SignInBlocked, Detail: "Postroom's application is switched off in this organisation.", Action: "Ask your Microsoft 365 administrator to enable the enterprise application.",
		Ask: "enable Postroom for sign-in", Where: enterprise + "Properties › Enabled for users to sign-in"}},
	{[]int{90094, 90095}, Entry{Code: AdminConsent, Detail: "Only an administrator may agree to these permissions.", Action: "Ask your Microsoft 365 administrator to grant consent for Postroom, then connect again.",
		Ask: "grant admin consent for Postroom, or approve my request", Where: enterprise + "Permissions › Grant admin consent"}},

	// The client secret.
	{[]int{7000215}, Entry{Code: ProviderSecret, Detail: "The client secret is wrong.", Action: "Enter the secret's value; its ID, which looks like a GUID, does not work.", Where: secrets}},
	{[]int{7000222}, Entry{Code: ProviderSecret, Detail: "The client secret has expired.", Action: "Make a new client secret in the Entra admin centre and enter its value here.", Where: secrets}},
	{[]int{7000218}, Entry{Code: ProviderSecret, Detail: "A client secret is needed.", Action: "Make a client secret in the Entra admin centre and enter its value here.", Where: secrets}},
	{[]int{70002}, Entry{Code: ProviderSecret, Detail: "Client ID and client secret do not fit together.", Action: "Check both for this provider.", Where: overview}},

	// The app registration.
	{[]int{50011, 500112}, Entry{Code: ProviderConfig, Detail: "The redirect URI is not registered.", Action: "Register the redirect URI shown for this provider, to the letter, under platform Web.", Where: platformWeb}},
	{[]int{500113, 900971}, Entry{Code: ProviderConfig, Detail: "The registration has no redirect URI.", Action: "Add the redirect URI shown for this provider, under platform Web.", Where: platformWeb}},
	{[]int{700025}, Entry{Code: ProviderConfig, Detail: "The registration is for a public client, which has no secret.", Action: "Register the redirect URI under platform Web, not Mobile or desktop.", Where: platformWeb}},
	{[]int{700084, 9002325, 9002326, 9002327}, Entry{Code: ProviderConfig, Detail: "The redirect URI is registered for a single-page application, whose sign-ins end after 24 hours.", Action: "Move it to platform Web, then connect again.", Where: platformWeb}},
	{[]int{700054}, Entry{Code: ProviderConfig, Detail: "The registration does not allow this kind of answer.", Action: "Register the redirect URI under platform Web.", Where: platformWeb}},
	{[]int{700016, 700011}, Entry{Code: ProviderConfig, Detail: "The application is not known in this organisation.", Action: "Check client ID, tenant and cloud; it may also lack the consent of that organisation's administrator.", Where: overview}},
	{[]int{50194}, Entry{Code: ProviderConfig, Detail: "The application is registered for one organisation only.", Action: "Enter that organisation's tenant ID, or make the registration multi-tenant.", Where: apps + "Authentication › Supported account types"}},
	{[]int{9002332}, Entry{Code: ProviderConfig, Detail: "The application is not registered for personal accounts.", Action: "Change its supported account types, or use another tenant than “consumers”.", Where: apps + "Authentication › Supported account types"}},
	{[]int{9001023}, Entry{Code: ProviderConfig, Detail: "This cannot be asked of “common” or “consumers”.", Action: "Enter the tenant's ID or domain.", Where: overview}},
	{[]int{90002}, Entry{Code: ProviderConfig, Detail: "There is no such tenant.", Action: "Check the tenant for a typing error, and the cloud it lives in.", Where: overview}},
	{[]int{700005}, Entry{Code: ProviderConfig, Detail: "The code was meant for another tenant.", Action: "Check the provider's tenant, then connect again."}},
	{[]int{65005, 650054, 650056, 650057}, Entry{Code: ProviderConfig, Detail: "The registration lacks the permissions that Postroom asks for.", Action: "Add IMAP.AccessAsUser.All, SMTP.Send and offline_access to its delegated permissions.", Where: permissions}},
	{[]int{28002, 28003, 65002, 70011, 70018, 700022}, Entry{Code: ProviderConfig, Detail: "The scopes are not right.", Action: "Correct this provider's scopes: those of one resource, and OpenID's."}},
	{[]int{50001, 500011}, Entry{Code: ProviderConfig, Detail: "The resource in the scopes is not known in this organisation.", Action: "Check the scopes' address and the cloud; if they are right, the organisation lacks Exchange Online."}},
	{[]int{70003, 70004, 70005, 90008, 90014, 900144, 900561, 90023, 9002313}, Entry{Code: ProviderConfig, Detail: "Microsoft could not read Postroom's request.", Action: "Look for stray spaces in client ID, secret and scopes, and for the right tenant."}},

	// It passes.
	{[]int{50033, 70012, 90006, 90024, 90033, 90055}, Entry{Code: ProviderDown, Detail: "Microsoft has a passing fault."}},
	{[]int{50196}, Entry{Code: ProviderDown, Detail: "Microsoft was asked the same thing too often and wants a pause."}},
	{[]int{70016}, Entry{Code: ProviderDown, Detail: "The sign-in is not finished yet."}},
}
