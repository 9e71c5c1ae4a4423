namespace Prism.Grains.Interfaces.Chat;

/// <summary>Finds errors in a chat request without making the call: in its parameters, its provider, its fallbacks.</summary>
public interface IRequestCheck
{
    /// <summary>Checks a request.</summary>
    /// <returns>The error that the call would end with; null where it can be made.</returns>
    ChatError? Check(ChatRequest request);
}
