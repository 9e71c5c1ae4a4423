using Microsoft.AspNetCore.Http;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Keys;

namespace Prism.Gateway.Auth;

/// <summary>The caller of a request.</summary>
/// <param name="Owner">
/// The owner of the templates, chains and runs that the caller creates: the id of its key, or <see cref="Owners.Global"/> for the admin and for
/// callers without a key. So the admin owns what was created without keys.
/// </param>
/// <param name="Level">The level of access.</param>
/// <param name="Terms">The terms of its API key; null where it has no limits.</param>
internal sealed record Caller(string Owner, AccessLevel Level, ApiKeyTerms? Terms = null)
{
    /// <summary>Any caller, where no key is needed.</summary>
    public static readonly Caller Anybody = new(Owners.Global, AccessLevel.Admin);

    /// <summary>The caller with the admin key.</summary>
    public static readonly Caller Admin = new(Owners.Global, AccessLevel.Admin);

    /// <summary>Its name in logs. It is no secret.</summary>
    public string Name => Level == AccessLevel.Admin ? "admin" : Owner;

    /// <summary>Why the caller may not call an endpoint; null if it may.</summary>
    public string? FindObstacle(Access access) =>
        Level < access.Level ? "This needs the admin key."
        : access.Scope is { } scope && Terms?.Scopes is { } scopes && !scopes.Contains(scope) ? $"This API key does not have the scope '{scope}'."
        : null;
}

/// <summary>Reads the caller of a request.</summary>
internal static class CallerExtensions
{
    /// <summary>The owner of the templates, chains and runs of a request.</summary>
    public static string GetOwner(this HttpContext context) => context.GetCaller().Owner;

    /// <summary>The caller of a request.</summary>
    public static Caller GetCaller(this HttpContext context) => context.Features.Get<Caller>() ?? Caller.Anybody;
}
