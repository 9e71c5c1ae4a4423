using Microsoft.AspNetCore.Http;

namespace Prism;

/// <summary>Who makes a request.</summary>
internal static class Caller
{
    /// <summary>Whom the templates, chains and runs of a request belong to. Who is not authenticated shares them with all who are not.</summary>
    public static string GetOwner(this HttpContext context) => context.User.Identity?.Name ?? Owners.Global;
}
