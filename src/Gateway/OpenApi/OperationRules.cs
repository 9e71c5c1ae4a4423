using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Prism.Gateway.OpenApi;

/// <summary>
/// Declares what the OpenAPI document says of an endpoint, beside what its other rules imply: see <see cref="OperationWriter"/>. The prose is in
/// <c>Notes</c>.
/// </summary>
internal static class OperationExtensions
{
    /// <summary>Puts the endpoint into the document, under an operation id.</summary>
    public static IEndpointConventionBuilder Named(this IEndpointConventionBuilder endpoint, string id) => endpoint.WithName(id);

    /// <summary>Responds with JSON.</summary>
    public static IEndpointConventionBuilder Gives<T>(this IEndpointConventionBuilder endpoint, int status = StatusCodes.Status200OK) =>
        endpoint.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(T), ["application/json"]));

    /// <summary>Responds with 204 and no body.</summary>
    public static IEndpointConventionBuilder GivesNothing(this IEndpointConventionBuilder endpoint) =>
        endpoint.WithMetadata(new ProducesResponseTypeMetadata(StatusCodes.Status204NoContent, typeof(void), []));

    /// <summary>Responds with 200 and a body that no record describes.</summary>
    public static IEndpointConventionBuilder GivesMedia(this IEndpointConventionBuilder endpoint, string contentType) =>
        endpoint.WithMetadata(new MediaRule(contentType, null));

    /// <summary>Responds with 200 and an event stream.</summary>
    /// <typeparam name="T">The data of one event.</typeparam>
    public static IEndpointConventionBuilder Streams<T>(this IEndpointConventionBuilder endpoint) =>
        endpoint.WithMetadata(new MediaRule("text/event-stream", typeof(T))).AlsoDescribes<T>();

    /// <summary>Adds a type to the schemas that no other type leads to.</summary>
    public static IEndpointConventionBuilder AlsoDescribes<T>(this IEndpointConventionBuilder endpoint)
    {
        // The API explorer keeps one type per status, so each gets a status that no response has.
        endpoint.Add(builder => builder.Metadata.Add(
            new ProducesResponseTypeMetadata(OperationWriter.FirstUnreal + builder.Metadata.Count, typeof(T), ["application/json"])));
        return endpoint;
    }

    /// <summary>Reads query parameters, headers or parts of the path: names in <c>components.parameters</c>.</summary>
    public static IEndpointConventionBuilder Reads(this IEndpointConventionBuilder endpoint, params string[] parameters) =>
        endpoint.WithMetadata(new ParametersRule(parameters));

    /// <summary>Sends headers with its successes: names in <c>components.headers</c>.</summary>
    public static IEndpointConventionBuilder Tells(this IEndpointConventionBuilder endpoint, params string[] headers) =>
        endpoint.WithMetadata(new HeadersRule(headers));

    /// <summary>Fails with these statuses too, beside those that its other rules imply.</summary>
    public static IEndpointConventionBuilder Fails(this IEndpointConventionBuilder endpoint, params int[] statuses) =>
        endpoint.WithMetadata(new FailuresRule(statuses));
}

/// <summary>A body of a 200 besides JSON of a record.</summary>
/// <param name="ContentType">What it is.</param>
/// <param name="Event">The data of one event, where it is an event stream.</param>
internal sealed record MediaRule(string ContentType, Type? Event);

/// <summary>Parameters by their names in the document.</summary>
internal sealed record ParametersRule(IReadOnlyList<string> Names);

/// <summary>Headers of successes.</summary>
internal sealed record HeadersRule(IReadOnlyList<string> Names);

/// <summary>Statuses of failures.</summary>
internal sealed record FailuresRule(IReadOnlyList<int> Statuses);
