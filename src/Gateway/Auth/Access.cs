using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Prism.Grains.Interfaces.Keys;

namespace Prism.Gateway.Auth;

/// <summary>
/// The access that an endpoint declares with <see cref="AccessExtensions.For{TBuilder}(TBuilder, Access)"/>. An endpoint that declares none is
/// closed. Where authentication is off, every caller may call what some caller may.
/// </summary>
public sealed class Access
{
    private Access(AccessLevel level, string? scope = null, bool inBrowser = false) => (Level, Scope, InBrowser) = (level, scope, inBrowser);

    /// <summary>Without a key.</summary>
    public static Access Open { get; } = new(AccessLevel.Open);

    /// <summary>With any key.</summary>
    public static Access Key { get; } = new(AccessLevel.Key);

    /// <summary>With a key that may chat.</summary>
    public static Access Chat { get; } = new(AccessLevel.Key, ApiKeyScopes.Chat);

    /// <summary>With a key that may run chains.</summary>
    public static Access Chains { get; } = new(AccessLevel.Key, ApiKeyScopes.Chains);

    /// <summary>With a key that may use templates.</summary>
    public static Access Templates { get; } = new(AccessLevel.Key, ApiKeyScopes.Templates);

    /// <summary>With any key, as <see cref="AdminInBrowser"/>.</summary>
    public static Access KeyInBrowser { get; } = new(AccessLevel.Key, inBrowser: true);

    /// <summary>With the admin key.</summary>
    public static Access Admin { get; } = new(AccessLevel.Admin);

    /// <summary>
    /// With the admin key, which a browser may also send as the password of HTTP Basic. Only for endpoints that change nothing: a browser sends the
    /// password with any request that another site makes it send.
    /// </summary>
    public static Access AdminInBrowser { get; } = new(AccessLevel.Admin, inBrowser: true);

    internal AccessLevel Level { get; }

    internal string? Scope { get; }

    internal bool InBrowser { get; }

    /// <summary>The access to the endpoint of a request; null where the endpoint declares none.</summary>
    internal static Access? Of(HttpContext context) => context.GetEndpoint() switch
    {
        { } endpoint when endpoint.Metadata.GetMetadata<AccessRule>() is { } rule => rule.Choose(context),
        RouteEndpoint => null,
        // No such path or method. Callers without a key do not learn which paths exist.
        _ => Key,
    };
}

/// <summary>The level that a caller needs.</summary>
internal enum AccessLevel
{
    Open,
    Key,
    Admin,
}

/// <summary>The rule of an endpoint.</summary>
internal sealed record AccessRule(Func<HttpContext, Access> Choose);
