using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Prism.Gateway.Limits;

namespace Prism.Gateway.OpenApi;

// These attributes of a handler become metadata of its endpoint. They declare what the OpenAPI document contains beside what other rules imply: see
// OperationWriter. The prose is in Notes.

/// <summary>Responds with JSON.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class GivesAttribute<T>(int status = StatusCodes.Status200OK) : Attribute, IProducesResponseTypeMetadata
{
    public Type Type => typeof(T);

    public int StatusCode => status;

    public IEnumerable<string> ContentTypes => ["application/json"];
}

/// <summary>Responds with 204 and no body.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class GivesNothingAttribute : Attribute, IProducesResponseTypeMetadata
{
    public Type Type => typeof(void);

    public int StatusCode => StatusCodes.Status204NoContent;

    public IEnumerable<string> ContentTypes => [];
}

/// <summary>Responds with 200 and a body that no record describes.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal class GivesMediaAttribute(string contentType) : Attribute
{
    public string ContentType => contentType;

    /// <summary>The data of one event, where the body is an event stream.</summary>
    public virtual Type? Event => null;
}

/// <summary>Responds with 200 and an event stream.</summary>
/// <typeparam name="T">The data of one event.</typeparam>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class StreamsAttribute<T>() : GivesMediaAttribute("text/event-stream")
{
    public override Type Event => typeof(T);
}

/// <summary>Adds types to the schemas that no other type leads to.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class AlsoDescribesAttribute(params Type[] types) : Attribute
{
    public IReadOnlyList<Type> Types => types;
}

/// <summary>Reads query parameters, headers or parts of the path: names in <c>components.parameters</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ReadsAttribute(params string[] parameters) : Attribute
{
    public IReadOnlyList<string> Parameters => parameters;
}

/// <summary>Sends headers with its successful responses: names in <c>components.headers</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal class SendsHeadersAttribute(params string[] headers) : Attribute
{
    public IReadOnlyList<string> Headers => headers;
}

/// <summary>Sends the <see cref="RateLimitHeaders"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SendsRateLimitsAttribute() : SendsHeadersAttribute(RateLimitHeaders.All);

/// <summary>Fails with these statuses, beside those that other rules imply.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FailsAttribute(params int[] statuses) : Attribute
{
    public IReadOnlyList<int> Statuses => statuses;
}
