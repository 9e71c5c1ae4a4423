using System.Collections.Immutable;
using Prism.Grains.Interfaces.Chat;
using Prism.Pipeline.Admission;
using Prism.Providers;

namespace Prism.Pipeline;

/// <summary>A call that has its provider.</summary>
/// <param name="Provider">The provider that is called.</param>
/// <param name="Request">What is asked, with the provider's own name of the model.</param>
/// <param name="Route">The same for the caller to know.</param>
internal readonly record struct ChatCall(IChatProvider Provider, ChatRequest Request, AnswerInfo Route)
{
    /// <summary>The targets that are called, in this order, where the provider fails before its first token.</summary>
    public ImmutableArray<ChatTarget> Fallbacks { get => field.IsDefault ? [] : field; init; }

    /// <summary>What the caller's API key holds for it; null where there is nothing to hold.</summary>
    public KeyReservation? Reservation { get; init; }
}
