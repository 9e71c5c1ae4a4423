using Microsoft.AspNetCore.Http;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Keys;

namespace Prism.Gateway.Auth;

/// <summary>Who makes a request.</summary>
/// <param name="Owner">
/// Whom the templates, chains and runs that it makes belong to. Of a key, its id; of who needs none and of the admin,
/// <see cref="Owners.Global"/>: so what was made without keys is the admin's.
/// </param>
/// <param name="Level">What it may call.</param>
/// <param name="Terms">What its API key may do; null where it is not limited.</param>
internal sealed record Caller(string Owner, AccessLevel Level, ApiKeyTerms? Terms = null)
{
    /// <summary>Everybody, where no key is needed.</summary>
    public static readonly Caller Anybody = new(Owners.Global, AccessLevel.Admin);

    /// <summary>Who has the admin key.</summary>
    public static readonly Caller Admin = new(Owners.Global, AccessLevel.Admin);

    /// <summary>What it is called in logs: no secret.</summary>
    public string Name => Level == AccessLevel.Admin ? "admin" : Owner;

    /// <summary>What is in the way of a call; null for nothing.</summary>
    public string? FindObstacle(Access access) =>
        Level < access.Level ? "This needs the admin key."
        : access.Scope is { } scope && Terms?.Scopes is { } scopes && !scopes.Contains(scope) ? $"This API key does not have the scope '{scope}'."
        : null;
}

/// <summary>What endpoints want to know of the caller.</summary>
internal static class CallerExtensions
{
    /// <summary>Whom the templates, chains and runs of a request belong to.</summary>
    public static string GetOwner(this HttpContext context) => context.GetCaller().Owner;

    /// <summary>Who makes a request.</summary>
    public static Caller GetCaller(this HttpContext context) => context.Features.Get<Caller>() ?? Caller.Anybody;
}
