namespace Prism.Grains.Interfaces.Chat;

/// <summary>Finds what is wrong with a chat request without making the call: its parameters, its provider, its fallbacks.</summary>
public interface IRequestCheck
{
    /// <summary>Checks a request.</summary>
    /// <returns>The error that the call would end with; null where it can be made.</returns>
    ChatError? Check(ChatRequest request);
}
