using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Extensions.DependencyInjection;

namespace Prism.Gateway.Errors;

/// <summary>
/// The error formats of requests that no endpoint matches, by their path: unknown paths, and known paths with another method. The patterns are no
/// routes: a fallback route matches every method, and the router would answer 404 instead of 405.
/// </summary>
internal sealed class ErrorPaths
{
    private readonly List<(decimal Precedence, TemplateMatcher Matcher, IErrorFormat Format)> _paths = [];

    /// <summary>Adds a pattern. The most specific pattern that matches a path decides.</summary>
    public void Add(string pattern, IErrorFormat format)
    {
        var route = RoutePatternFactory.Parse(pattern);
        _paths.Add((route.InboundPrecedence, new(new(route), []), format));
        _paths.Sort((one, other) => one.Precedence.CompareTo(other.Precedence));
    }

    /// <summary>The format of a path; null if no pattern matches it.</summary>
    public IErrorFormat? Find(PathString path) => _paths.FirstOrDefault(entry => entry.Matcher.TryMatch(path, [])).Format;
}

/// <summary>Declares error formats.</summary>
internal static class ErrorFormatExtensions
{
    /// <summary>Reports every error of the endpoint in this format, errors of the middlewares in front of it included.</summary>
    public static TBuilder ErrorsAs<TBuilder>(this TBuilder endpoint, IErrorFormat format)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(format);

    /// <summary>Reports the errors of requests that no endpoint matches in this format, if their path matches the pattern.</summary>
    public static void MapErrors(this IEndpointRouteBuilder endpoints, string pattern, IErrorFormat format) =>
        endpoints.ServiceProvider.GetRequiredService<ErrorPaths>().Add(pattern, format);

    /// <summary>The format of the endpoint of a request, or of its path; OpenAI's by default.</summary>
    public static IErrorFormat GetErrorFormat(this HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<IErrorFormat>()
            ?? context.RequestServices.GetService<ErrorPaths>()?.Find(context.Request.Path)
            ?? OpenAiErrorFormat.Instance;
}
