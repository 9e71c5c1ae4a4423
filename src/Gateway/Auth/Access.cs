using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Prism.Grains.Interfaces.Keys;

namespace Prism.Gateway.Auth;

/// <summary>
/// Who may call an endpoint. Every endpoint says so with <see cref="AccessExtensions.For{TBuilder}(TBuilder, Access)"/>; one that does not is
/// nobody's. Where authentication is off, everybody may call what anybody may.
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
    /// With the admin key, which a browser may also send as the password of HTTP Basic. Only for what changes nothing: a browser sends it
    /// along with whatever another site makes it ask for.
    /// </summary>
    public static Access AdminInBrowser { get; } = new(AccessLevel.Admin, inBrowser: true);

    internal AccessLevel Level { get; }

    internal string? Scope { get; }

    internal bool InBrowser { get; }

    /// <summary>Who may make a request; null where its endpoint does not say.</summary>
    internal static Access? Of(HttpContext context) => context.GetEndpoint() switch
    {
        { } endpoint when endpoint.Metadata.GetMetadata<AccessRule>() is { } rule => rule.Choose(context),
        RouteEndpoint => null,
        // There is no such path or method. What there is and what not is nothing for strangers either.
        _ => Key,
    };
}

/// <summary>How much it takes to call an endpoint.</summary>
internal enum AccessLevel
{
    Open,
    Key,
    Admin,
}

/// <summary>What an endpoint has declared.</summary>
internal sealed record AccessRule(Func<HttpContext, Access> Choose);
