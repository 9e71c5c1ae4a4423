using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;
using Prism.Pipeline.Admission;
using Prism.Pipeline.Routing;
using Prism.Providers;

namespace Prism.Pipeline;

/// <summary>A call that has its provider.</summary>
/// <param name="Provider">The provider that is called.</param>
/// <param name="Request">What is asked, with the provider's own name of the model.</param>
/// <param name="Route">The same for the client to know.</param>
internal readonly record struct ChatCall(IChatProvider Provider, CallRequest Request, AnswerInfo Route)
{
    /// <summary>The targets that it tries, of which this one is the first or a fallback.</summary>
    public required RoutePlan Plan { get; init; }

    /// <summary>The configuration that it began with.</summary>
    public required GatewaySnapshot Snapshot { get; init; }

    /// <summary>What the API key of the call has reserved; null where it has no limits.</summary>
    public KeyReservation? Reservation { get; init; }
}
