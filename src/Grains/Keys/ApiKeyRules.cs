using System.Collections.Immutable;
using System.Globalization;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Keys;
using Prism.Providers;

namespace Prism.Grains.Keys;

/// <summary>The rules for terms of API keys.</summary>
internal sealed class ApiKeyRules(IProviderSource providers, TimeProvider time)
{
    private const int LongestName = 100;
    private const int LongestModel = 256;
    private const int MostItems = 100;
    private const decimal MostUsd = 1_000_000;
    private const int UsdDecimals = 6;
    private const long MostUnits = 1_000_000_000_000;

    /// <summary>The first fault, or null.</summary>
    public ChatError? Check(ApiKeyTerms terms) =>
        CheckName(terms.Name)
        ?? CheckList(terms.Providers, "providers", FindProviderProblem)
        ?? CheckList(terms.Models, "models", FindModelProblem)
        ?? CheckList(terms.Scopes, "scopes", FindScopeProblem)
        ?? CheckLimit(terms.RequestsPerMinute, "requests_per_minute")
        ?? CheckLimit(terms.TokensPerMinute, "tokens_per_minute")
        ?? CheckLimit(terms.TokensPerDay, "tokens_per_day")
        ?? CheckLimit(terms.TokensPerMonth, "tokens_per_month")
        ?? CheckBudget(terms.BudgetUsdPerMonth)
        ?? CheckLimit(terms.MaxConcurrency, "max_concurrency")
        ?? CheckExpiry(terms.ExpiresAt);

    private static ChatError? CheckName(string name) =>
        string.IsNullOrWhiteSpace(name) || name.Length > LongestName || name.Any(char.IsControl)
            ? ChatError.Invalid(string.Create(CultureInfo.InvariantCulture, $"'name' must have 1 to {LongestName} characters on one line."), "name")
            : null;

    private static ChatError? CheckList(ImmutableArray<string>? list, string field, Func<string, string?> findProblem)
    {
        if (list is not { } items)
        {
            return null;
        }

        if (items.Length is 0 or > MostItems)
        {
            return ChatError.Invalid(
                string.Create(CultureInfo.InvariantCulture, $"'{field}' must have 1 to {MostItems} items; without it, there is no restriction."), field);
        }

        for (var i = 0; i < items.Length; i++)
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"{field}[{i}]");
            if ((items[i] is null ? "must be a string" : findProblem(items[i])) is { } problem)
            {
                return ChatError.Invalid($"'{path}' {problem}.", path);
            }
        }

        return null;
    }

    private static ChatError? CheckLimit(long? limit, string field) => limit is < 1 or > MostUnits
        ? ChatError.Invalid(string.Create(CultureInfo.InvariantCulture, $"'{field}' must be from 1 to {MostUnits}."), field)
        : null;

    private static ChatError? CheckBudget(decimal? budget) =>
        budget is { } usd && !(usd > 0 && usd <= MostUsd && decimal.Round(usd, UsdDecimals) == usd)
            ? ChatError.Invalid(
                string.Create(
                    CultureInfo.InvariantCulture, $"'budget_usd_per_month' must be above 0, at most {MostUsd}, and have at most {UsdDecimals} decimals."),
                "budget_usd_per_month")
            : null;

    private ChatError? CheckExpiry(DateTimeOffset? expiresAt) =>
        expiresAt <= time.GetUtcNow() ? ChatError.Invalid("'expires_at' is in the past.", "expires_at") : null;

    private string? FindProviderProblem(string name) => providers.Current.Find(name) is null
        ? $"is not a provider; the providers are {providers.Current.Names}"
        : null;

    private static string? FindModelProblem(string model) => model switch
    {
        { Length: 0 or > LongestModel } => string.Create(CultureInfo.InvariantCulture, $"must have 1 to {LongestModel} characters"),
        _ when model.IndexOf('*', StringComparison.Ordinal) is >= 0 and var star && star < model.Length - 1 => "can have a '*' only at its end",
        _ => null,
    };

    private static string? FindScopeProblem(string scope) =>
        ApiKeyScopes.All.Contains(scope) ? null : $"must be one of {string.Join(", ", ApiKeyScopes.All)}";
}
