using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;
using Prism.Pipeline.Admission;
using Prism.Pipeline.Routing;
using Prism.Providers;

namespace Prism.Pipeline;

/// <summary>A call with its provider.</summary>
/// <param name="Provider">The provider that is called.</param>
/// <param name="Request">The request, with the provider's own name of the model.</param>
/// <param name="Route">The same as reported to the client.</param>
internal readonly record struct ChatCall(IChatProvider Provider, CallRequest Request, AnswerInfo Route)
{
    /// <summary>The targets of the call, of which this one is the first or a fallback.</summary>
    public required RoutePlan Plan { get; init; }

    /// <summary>The configuration with which the call began.</summary>
    public required GatewaySnapshot Snapshot { get; init; }

    /// <summary>The reservation of the call's API key; null if the key has no limits.</summary>
    public KeyReservation? Reservation { get; init; }
}
