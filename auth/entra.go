package auth

import (
	"slices"

	"postroom/problem"
)

// advice is what an AADSTS number means for a person.
type advice struct {
	code   problem.Code
	who    problem.Who
	detail string // what happened
	action string // what to do
}

type entraRow struct {
	numbers []int
	advice
}

// entraAdvice looks up what Microsoft's numbers mean. An answer may hold several, the general one
// first ("AADSTS70002 … AADSTS54005 …"), so the last one that we know is taken. The numbers choose
// the words; what is done about a refusal follows from OAuth's own error (refusal.problem), because
// Microsoft does not promise to keep its numbers.
func entraAdvice(numbers []int) (advice, bool) {
	for _, n := range slices.Backward(numbers) {
		for _, row := range entraTable {
			if slices.Contains(row.numbers, n) {
				return row.advice, true
			}
		}
	}
	return advice{}, false
}

// entraTable holds the numbers that a mail app meets, from Microsoft's error code reference.
var entraTable = []entraRow{
	// The wrong account.
	{[]int{16000, 16001}, advice{problem.WrongAccount, problem.You, "Several accounts are signed in, or the chosen one is not of this organisation.", "Sign in again and choose the account whose mailbox you want."}},
	{[]int{50020}, advice{problem.WrongAccount, problem.You, "The account belongs to another organisation than the one this provider is for.", "Use an account of that organisation, or ask whoever runs Postroom to allow other organisations (tenant “organizations” or “common”)."}},
	{[]int{500208}, advice{problem.WrongAccount, problem.You, "This kind of account cannot be used here.", "Sign in with another account."}},
	{[]int{90072}, advice{problem.WrongAccount, problem.You, "The account is not known in this organisation.", "Sign out at Microsoft first, then connect with the right account."}},

	// Accounts that cannot sign in.
	{[]int{50034}, advice{problem.AccountDisabled, problem.You, "Microsoft does not know this account.", "Check the address, then connect again."}},
	{[]int{51004}, advice{problem.AccountDisabled, problem.You, "The account is not in the organisation's directory.", "Check the address; if it is right, ask your Microsoft 365 administrator."}},
	{[]int{50053}, advice{problem.AccountDisabled, problem.You, "The account is locked, or the sign-in came from an address that Microsoft distrusts.", "Wait some minutes and sign in again; if it stays, ask your Microsoft 365 administrator."}},
	{[]int{50057}, advice{problem.AccountDisabled, problem.Admin, "The account is disabled.", "Ask your Microsoft 365 administrator to enable it."}},

	// Signing in again helps.
	{[]int{50055, 50144}, advice{problem.Reconnect, problem.You, "The password has expired.", "Change it at Microsoft, then reconnect."}},
	{[]int{50058}, advice{problem.Reconnect, problem.You, "Microsoft needs to see you in person.", "Reconnect and sign in."}},
	{[]int{50072, 50074, 50076, 50078, 50079}, advice{problem.Reconnect, problem.You, "Your organisation wants a second factor.", "Reconnect and confirm with your second factor."}},
	{[]int{50126}, advice{problem.Reconnect, problem.You, "User name or password were wrong.", "Reconnect and sign in."}},
	{[]int{50131, 50132, 50133}, advice{problem.Reconnect, problem.You, "The sign-in is no longer valid, as after a change of password or policy.", "Reconnect and sign in."}},
	{[]int{50140}, advice{problem.Reconnect, problem.You, "The sign-in stopped at “Stay signed in?”.", "Reconnect and answer the question."}},
	{[]int{50158}, advice{problem.Reconnect, problem.You, "Your organisation wants another confirmation.", "Reconnect and confirm."}},
	{[]int{50173}, advice{problem.Reconnect, problem.You, "The permission was withdrawn: the password was reset, or all sessions were signed out.", "Reconnect and sign in."}},
	{[]int{50199}, advice{problem.Reconnect, problem.You, "Microsoft asks for a security check.", "Reconnect and confirm that it is you."}},
	{[]int{53004}, advice{problem.Reconnect, problem.You, "A second factor must be set up first.", "Set it up at Microsoft, then reconnect."}},
	{[]int{65001}, advice{problem.Reconnect, problem.You, "Postroom's permission for this account is missing or was removed.", "Connect again and agree to the permissions; if you may not, ask your Microsoft 365 administrator."}},
	{[]int{70000}, advice{problem.Reconnect, problem.You, "The permission has expired or was withdrawn.", "Reconnect and agree to the permissions."}},
	{[]int{700082}, advice{problem.Reconnect, problem.You, "The permission lapsed: it was not used for 90 days.", "Reconnect and sign in."}},
	{[]int{70043}, advice{problem.Reconnect, problem.You, "Your organisation wants a new sign-in from time to time.", "Reconnect. If it comes too often, your Microsoft 365 administrator can change the sign-in frequency."}},
	{[]int{70008}, advice{problem.CodeExpired, problem.You, "The sign-in is too old.", "Sign in again."}},
	{[]int{70019}, advice{problem.CodeExpired, problem.You, "The sign-in is too old.", "Sign in again."}},
	{[]int{50089}, advice{problem.CodeExpired, problem.You, "The sign-in page was left open too long.", "Sign in again."}},
	{[]int{54005}, advice{problem.CodeExpired, problem.You, "This answer was used already, as when a page is loaded twice.", "Look whether the mailbox is connected; if not, start again."}},
	{[]int{65004}, advice{problem.ConsentDeclined, problem.You, "You did not agree to the permissions.", "Connect again and agree to them."}},
	{[]int{501481, 50147, 501491}, advice{problem.StateInvalid, problem.Operator, "The answer does not fit the question that this browser asked (PKCE).", "Start again. If it happens each time, something between browser and Postroom mixes up sign-ins."}},

	// Policies of the organisation.
	{[]int{50014}, advice{problem.SignInBlocked, problem.You, "You were invited as a guest and have not accepted yet.", "Accept the invitation, then connect again."}},
	{[]int{50097, 50129, 53000, 53001, 53002}, advice{problem.SignInBlocked, problem.You, "Your organisation allows this only from a managed device or an approved app.", "Reconnect from a managed device, or ask your Microsoft 365 administrator to except Postroom from the policy."}},
	{[]int{50105}, advice{problem.SignInBlocked, problem.Admin, "You are not assigned to Postroom in your organisation.", "Ask your Microsoft 365 administrator to assign you or your group, or to turn off “Assignment required”."}},
	{[]int{500212, 500213}, advice{problem.SignInBlocked, problem.Admin, "A policy between two organisations does not let this sign-in through.", "Ask your Microsoft 365 administrator about cross-tenant access."}},
	{[]int{53003}, advice{problem.SignInBlocked, problem.Admin, "A conditional access policy blocked the sign-in.", "Ask your Microsoft 365 administrator; another network or device may also help."}},
	{[]int{530032, 530035}, advice{problem.SignInBlocked, problem.Admin, "A security policy of your organisation blocked the sign-in.", "Ask your Microsoft 365 administrator."}},
	{[]int{650052}, advice{problem.SignInBlocked, problem.Admin, "Your organisation has no Exchange Online that Postroom could ask for.", "Ask your Microsoft 365 administrator to enable Exchange Online and its licence."}},
	{[]int{70001, 7000112}, advice{problem.SignInBlocked, problem.Admin, "Postroom's application is switched off in this organisation.", "Ask your Microsoft 365 administrator to enable the enterprise application."}},
	{[]int{90094, 90095}, advice{problem.AdminConsent, problem.Admin, "Only an administrator may agree to these permissions.", "Ask your Microsoft 365 administrator to grant consent for Postroom, then connect again."}},

	// The client secret.
	{[]int{7000215}, advice{problem.ProviderSecret, problem.Operator, "The client secret is wrong.", "Enter the secret's value; its ID, which looks like a GUID, does not work."}},
	{[]int{7000222}, advice{problem.ProviderSecret, problem.Operator, "The client secret has expired.", "Make a new client secret in the Azure portal and enter its value here."}},
	{[]int{7000218}, advice{problem.ProviderSecret, problem.Operator, "A client secret is needed.", "Make a client secret in the Azure portal and enter its value here."}},
	{[]int{70002}, advice{problem.ProviderSecret, problem.Operator, "Client ID and client secret do not fit together.", "Check both for this provider."}},

	// The app registration.
	{[]int{50011}, advice{problem.ProviderConfig, problem.Operator, "The redirect URI is not registered.", "Register the redirect URI shown for this provider, to the letter, under platform Web."}},
	{[]int{500113, 900971}, advice{problem.ProviderConfig, problem.Operator, "The registration has no redirect URI.", "Add the redirect URI shown for this provider, under platform Web."}},
	{[]int{700025}, advice{problem.ProviderConfig, problem.Operator, "The registration is for a public client, which has no secret.", "Register the redirect URI under platform Web, not Mobile or desktop."}},
	{[]int{700084, 9002325, 9002326, 9002327}, advice{problem.ProviderConfig, problem.Operator, "The redirect URI is registered for a single-page application.", "Move it to platform Web, then connect again."}},
	{[]int{700054}, advice{problem.ProviderConfig, problem.Operator, "The registration does not allow this kind of answer.", "Register the redirect URI under platform Web."}},
	{[]int{700016, 700011}, advice{problem.ProviderConfig, problem.Operator, "The application is not known in this organisation.", "Check client ID, tenant and cloud; it may also lack the consent of that organisation's administrator."}},
	{[]int{50194}, advice{problem.ProviderConfig, problem.Operator, "The application is registered for one organisation only.", "Enter that organisation's tenant ID, or make the registration multi-tenant."}},
	{[]int{9002332}, advice{problem.ProviderConfig, problem.Operator, "The application is not registered for personal accounts.", "Change its supported account types, or use another tenant than “consumers”."}},
	{[]int{9001023}, advice{problem.ProviderConfig, problem.Operator, "This cannot be asked of “common” or “consumers”.", "Enter the tenant's ID or domain."}},
	{[]int{90002}, advice{problem.ProviderConfig, problem.Operator, "There is no such tenant.", "Check the tenant for a typing error, and the cloud it lives in."}},
	{[]int{700005}, advice{problem.ProviderConfig, problem.Operator, "The code was meant for another tenant.", "Check the provider's tenant, then connect again."}},
	{[]int{65005, 650054, 650056, 650057}, advice{problem.ProviderConfig, problem.Operator, "The registration lacks the permissions that Postroom asks for.", "Add IMAP.AccessAsUser.All, SMTP.Send and offline_access to its delegated permissions."}},
	{[]int{28002, 28003, 65002, 70011, 70018, 700022}, advice{problem.ProviderConfig, problem.Operator, "The scopes are not right.", "Correct this provider's scopes: those of one resource, and OpenID's."}},
	{[]int{50001, 500011}, advice{problem.ProviderConfig, problem.Operator, "The resource in the scopes is not known in this organisation.", "Check the scopes' address and the cloud; if they are right, the organisation lacks Exchange Online."}},
	{[]int{70003, 70004, 70005, 90008, 90014, 900144, 900561, 90023, 9002313}, advice{problem.ProviderConfig, problem.Operator, "Microsoft could not read Postroom's request.", "Look for stray spaces in client ID, secret and scopes, and for the right tenant."}},

	// It passes.
	{[]int{50033, 70012, 90006, 90024, 90033, 90055}, advice{problem.ProviderDown, problem.Wait, "Microsoft has a passing fault.", ""}},
	{[]int{50196}, advice{problem.ProviderDown, problem.Wait, "Microsoft was asked the same thing too often and wants a pause.", ""}},
	{[]int{70016}, advice{problem.ProviderDown, problem.Wait, "The sign-in is not finished yet.", ""}},
}
