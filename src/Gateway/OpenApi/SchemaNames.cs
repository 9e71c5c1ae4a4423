using System.Text.Json;
using Microsoft.AspNetCore.OpenApi;
using Prism.Gateway.Errors;
using Prism.Gateway.Health;
using Prism.Gateway.Home;
using Prism.Gateway.Keys;
using Prism.Gateway.Limits;
using Prism.Gateway.Providers;
using Prism.Gateway.Usage;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Cluster;

namespace Prism.Gateway.OpenApi;

/// <summary>The names of types in the document, where these differ from the types' own. Generated clients use them, so they do not change.</summary>
internal static class SchemaNames
{
    private static readonly Dictionary<Type, string?> Names = new()
    {
        [typeof(ApiErrorBody)] = "Error",
        [typeof(ApiError)] = "ErrorDetails",
        [typeof(ApiKeyBody)] = "ApiKeyTerms",
        [typeof(ApiKeyView)] = "ApiKey",
        [typeof(LimitView)] = "KeyLimit",
        [typeof(ProviderReportBody)] = "ProviderReport",
        [typeof(BreakerBody)] = "Breaker",
        [typeof(LimitBody)] = "ProviderLimit",
        [typeof(LeaseBody)] = "SiloLease",
        [typeof(HeldBody)] = "HeldAmount",
        [typeof(LatencyBody)] = "Percentiles",
        [typeof(UsageBody)] = "UsageReport",
        [typeof(HealthReport)] = "Health",
        [typeof(ProviderOutcomeHealth)] = "ProviderOutcome",
        [typeof(ClusterStatus)] = "Cluster",
        [typeof(SiloInfo)] = "Silo",
        [typeof(StatusBody)] = "Status",
        [typeof(HomeBody)] = "Home",
        [typeof(ChatUsage)] = "Usage",
        // The notes of their properties describe them.
        [typeof(MessageContent)] = null,
        [typeof(JsonElement)] = null,
    };

    /// <summary>The name of a type; null if it is described in place.</summary>
    public static string? Of(Type type) => Names.TryGetValue(type, out var name) ? name : type.Name;

    /// <summary>The same for a type that the document refers to.</summary>
    public static string? Of(System.Text.Json.Serialization.Metadata.JsonTypeInfo type) =>
        OpenApiOptions.CreateDefaultSchemaReferenceId(type) is null ? null : Of(Nullable.GetUnderlyingType(type.Type) ?? type.Type);
}
