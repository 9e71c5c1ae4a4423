using Microsoft.AspNetCore.Builder;
using Prism.Gateway.Errors;
using Prism.Gateway.OpenApi;
using Prism.Gateway.Overload;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Gateway.Chat;

/// <summary>Declares the common metadata of both chat endpoints.</summary>
internal static class ChatOperation
{
    /// <summary>The endpoint takes a chat and answers it through the pipeline.</summary>
    public static IEndpointConventionBuilder IsChat(this IEndpointConventionBuilder endpoint) => endpoint.WithMetadata(
        new ReadsAttribute("Provider", "CacheControl", "CacheTtl"),
        new TakesAttribute<ChatRequest>(),
        new AlsoDescribesAttribute(typeof(ContentPart), typeof(ChatChoice), typeof(ApiErrorBody)),
        new SendsHeadersAttribute("x-prism-provider", "x-prism-attempts", "x-prism-cache", "Age", "x-prism-warnings"),
        new SendsRateLimitsAttribute(),
        new FailsAttribute(404, 422, 429, 502, 504));
}
